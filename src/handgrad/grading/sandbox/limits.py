"""How much a submission may use."""

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Of one submission's process.

    Arguments:
        cpu: seconds of processor time, all together.
        memory: MiB of address space.
        disk: MiB that it may write into its working folder and the temporary one, each.
        file: MiB of one file.
        processes: and threads, all together.
        printed: MiB of its printing that are kept; the rest is taken and forgotten.
        answer: MiB of one answer.
    """

    cpu: float = 600.0
    memory: int = 4096
    disk: int = 256
    file: int = 64
    processes: int = 64
    printed: float = 0.25
    answer: int = 8
