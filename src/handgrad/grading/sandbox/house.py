"""The folder of a submission's process, and the orders by which it is shut in there."""

import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import handgrad
from handgrad.grading.sandbox.limits import MIB, Limits
from handgrad.grading.sandbox.tiers import LIMITS, NAMESPACES, Tier, hidden, shown
from handgrad.grading.sandbox.users import threads_of

CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from grader.grading.child.worker import main; main()"


@dataclass(frozen=True)
class Plan:
    """What a submission's process is started with.

    Arguments:
        course: whose pieces it has.
        submission: the folder with its files.
        given: the folder with files that its course hands out; the submission's own come first.
        allowed: top-level modules that it may import; none: all that are not forbidden.
        forbidden: those that it may not.
        scripts: modules of which only the definitions are run.
        limits: how much it may use.
    """

    course: str
    submission: Path
    given: Path | None = None
    allowed: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)


def lay_out(plan: Plan, user: int, folder: Path) -> None:
    """Fill a process's folder: the code that runs in it, the submission's files, room to write.

    Arguments:
        plan: what the process is.
        user: that it runs as.
        folder: empty.
    """
    package = Path(handgrad.__file__).parent
    code = folder / "code" / "grader"
    for part in ("grading/child", "checks/passes"):
        shutil.copytree(package / part, code / part, ignore=shutil.ignore_patterns("__pycache__"))
    for part in ("", "grading", "checks"):
        (code / part / "__init__.py").touch()
    copy_files(plan.submission, folder / "submission")
    copy_files(plan.given, folder / "given")
    (folder / "root").mkdir()
    (folder / "work").mkdir(mode=0o700)
    os.chmod(folder, 0o755)
    if user != os.getuid():
        os.chown(folder / "work", user, user)


def copy_files(source: Path | None, destination: Path) -> None:
    """Files without links, readable by all."""
    destination.mkdir()
    if source is None:
        return
    for path in sorted(source.rglob("*")):
        copy = destination / path.relative_to(source)
        if path.is_symlink():
            continue
        if path.is_dir():
            copy.mkdir(parents=True, exist_ok=True)
        elif path.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def place(tier: Tier, folder: Path, name: str) -> str:
    """Where the process sees one of the folders in its own."""
    return f"/box/{name}" if tier == NAMESPACES else str(folder / name)


def orders(plan: Plan, tier: Tier, user: int, folder: Path) -> dict[str, Any]:
    """What the launcher is told: see `sandbox.launcher`.

    Arguments:
        plan: what the process is.
        tier: how it is held.
        user: that it runs as.
        folder: as `lay_out` filled it.
    """
    limits = plan.limits
    own = [(str(folder / name), f"/box/{name}") for name in ("code", "submission", "given")]
    return {
        "tier": tier.name,
        "user": user,
        "root": str(folder / "root"),
        "work": place(tier, folder, "work"),
        "shown": [*shown(), *own],
        "hidden": hidden(),
        "disk": f"{limits.disk}m",
        "limits": {
            "cpu": limits.cpu,
            "memory": limits.memory * MIB,
            "file": limits.file * MIB,
            "processes": limits.processes + (threads_of(user) if tier == LIMITS else 0),
            "files": 256,
        },
        "command": [sys.executable, "-I", "-B", "-c", CHILD, place(tier, folder, "code")],
        "environment": {
            "PATH": "/usr/bin:/bin",
            "HOME": place(tier, folder, "work"),
            "LANG": "C.UTF-8",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "MKL_NUM_THREADS": "1",
            "MPLBACKEND": "Agg",
            "MPLCONFIGDIR": "/tmp",
            "PYTHONHASHSEED": "0",
        },
    }
