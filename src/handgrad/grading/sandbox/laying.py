"""The folder of a submission's process: the code that runs in it, and the submission's files."""

import os
import shutil
from pathlib import Path

import handgrad
from handgrad.grading.sandbox.plan import Plan


def lay_out_box(folder: Path, plan: Plan, user: int) -> None:
    """Fill a process's folder.

    Arguments:
        folder: empty.
        plan: with the submission and what its course hands out.
        user: to whom the working folder belongs.
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
        place = destination / path.relative_to(source)
        if path.is_symlink():
            continue
        if path.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        elif path.is_file():
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
