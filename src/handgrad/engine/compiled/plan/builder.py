"""What a plan is put together with: entries of programs, and memory that stays where it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np

from handgrad._typing import AnyArray, Array
from handgrad.engine.compiled.native.emitter import Kernel
from handgrad.engine.compiled.native.library import Library
from handgrad.engine.compiled.native.program import Entry, Program
from handgrad.errors import ArgumentError
from handgrad.nn.parameter import Parameter

ALIGNMENT = 64  # bytes: a cache line, and the widest vector


@dataclass(frozen=True)
class Part:
    """A parameter's gradient while it is being made.

    Arguments:
        name: of the parameter in the network.
        parameter: whose it is.
        parts: (count, *shape): sums of parts of the batch, which together are the gradient.
    """

    name: str
    parameter: Parameter
    parts: Array


Stage = Callable[[int], None]
"""A piece of a plan: run it on so many threads."""


class Builder:
    """Collects the stages of one pass for batches of one size.

    Arguments:
        library: of kernels.
        images: N, of the batch.
        threads: the most that will run it; each gets its own scratch memory.
        training: whether what the way back needs is kept.
        room_behind: floats behind each activation, for vectors that reach over its end.
    """

    def __init__(
        self, library: Library, images: int, threads: int, *, training: bool, room_behind: int = 0
    ) -> None:
        self.room_behind = room_behind
        self.library, self.machine = library, library.machine
        self.images, self.threads, self.training = images, threads, training
        self.L = library.machine.lanes
        self.blocks = ceil(images / self.L)
        self.stages: list[Stage] = []
        self.programs: list[Program] = []
        self.parts: list[Part] = []
        self.rng: np.random.Generator | None = None  # of the step that runs now
        self.uses_rng = False
        self._draws: list[Callable[[Any], object]] = []
        self.after_success: list[Callable[[], None]] = []
        self._entries: list[Entry] = []
        self._alive: list[Any] = []
        self._scratch: list[tuple[Entry, int, int]] = []
        self._nothing = self.array((64,))

    def array(self, shape: Sequence[int], dtype: Any = np.float32) -> AnyArray:
        """Memory at a cache line, zeroed, that lives as long as the plan."""
        made = aligned(shape, dtype)
        self._alive.append(made)
        return made

    def maps(self, features: int) -> Array:
        """Memory for one activation or its gradient, (B, F, L)."""
        size = self.blocks * features * self.L
        room = self.array((size + self.room_behind,))
        return room[:size].reshape(self.blocks, features, self.L)

    def nothing(self, size: int) -> Array:
        """Zeros, in the place of a bias that is not there."""
        if self._nothing.size < size:
            self._nothing = self.array((size,))
        return self._nothing

    def add(
        self,
        factory: Callable[..., Kernel],
        parameters: dict[str, Any],
        arguments: Sequence[Any],
        tasks: int,
        *,
        waits: bool = True,
        scratch: tuple[int, int] | None = None,
        made_by: Library | None = None,
    ) -> Entry:
        """Append a kernel.

        Arguments:
            factory, parameters: which.
            arguments: arrays (their addresses are passed) and whole numbers.
            tasks: pieces of its work.
            waits: whether it needs what the entries just before it write.
            scratch: the position in ``arguments`` of its scratch memory, whose size follows there, and the
                floats that each thread needs.
            made_by: another library than the plan's.
        """
        arrays = [item for item in arguments if isinstance(item, np.ndarray)]
        if not all(array.flags.c_contiguous for array in arrays):
            raise ArgumentError(factory.__name__, expected="arrays in C order", got="another order")
        self._alive.extend(arrays)
        numbers = [item.ctypes.data if isinstance(item, np.ndarray) else int(item) for item in arguments]
        address = (made_by or self.library).address(factory, **parameters)
        entry = Entry(address, numbers, tasks, waits, factory.__name__)
        self._entries.append(entry)
        if scratch:
            self._scratch.append((entry, *scratch))
        return entry

    def draw(self, draw: Callable[[Any], object]) -> None:
        """Have random numbers drawn before the kernels around this one run, in the order of the layers."""
        self._draws.append(draw)
        self.uses_rng = True

    def python(self, stage: Callable[[], None]) -> None:
        """Append something that Python does; what was appended before is done by then."""
        self.close()
        self.stages.append(lambda _threads: stage())

    def close(self) -> None:
        """Make a program of the entries since the last one."""
        if not self._entries:
            return
        # one memory serves all entries of a program: a thread works at one at a time
        lines = ALIGNMENT // 4
        floats = max((need for _, _, need in self._scratch), default=0)
        floats = ceil(floats / lines) * lines
        scratch = self.array((self.threads * floats,))
        for entry, position, _ in self._scratch:
            entry.arguments = list(entry.arguments)
            entry.arguments[position : position + 2] = scratch.ctypes.data, floats
        program, draws = Program(self.library, self._entries), self._draws

        def stage(threads: int) -> None:
            for draw in draws:
                draw(self.rng)
            program.run(threads)

        self.programs.append(program)
        self.stages.append(stage)
        self._entries, self._scratch, self._draws = [], [], []


def aligned(shape: Sequence[int], dtype: Any = np.float32) -> AnyArray:
    """Zeros that begin at a cache line."""
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    memory = np.zeros(size + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    made: AnyArray = memory[start : start + size].view(dtype).reshape(shape)
    return made
