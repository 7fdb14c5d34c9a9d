"""A class run: every submission once, several at a time, each result kept as soon as it is there."""

import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import distributions
from pathlib import Path

from threadpoolctl import threadpool_limits

from handgrad._version import __version__
from handgrad.errors import RunError
from handgrad.files import write_atomically
from handgrad.grading.jobs import Jobs
from handgrad.grading.one import Grader, Settings
from handgrad.grading.outputs import file_names
from handgrad.grading.result import Result, from_json
from handgrad.grading.scoring import score
from handgrad.grading.submissions import Submission

KEPT, SECRET = "results", "secret.txt"
"""In the folder of a class: a file for each submission, and what the numbers of the cases follow from."""


@dataclass(frozen=True)
class Graded:
    """One submission's result.

    Arguments:
        result: it.
        kept: whether it was there from an earlier run of the same class.
    """

    result: Result
    kept: bool


def secret_of(folder: Path) -> str:
    """The secret of a class: made once, so that all of its submissions are asked the same.

    Arguments:
        folder: of the class; is made where there is none.

    Raises:
        RunError: there is one without a secret in it, by which everybody would know the numbers.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / SECRET
    if not file.exists():
        handle, made = tempfile.mkstemp(dir=folder, prefix=f".{SECRET}.")  # for its owner alone
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as opened:
                opened.write(secrets.token_hex(16))
            os.link(made, file)
        except FileExistsError:
            pass  # another run of the same class was as quick
        except OSError:  # some file systems know no links
            os.replace(made, file)
        finally:
            Path(made).unlink(missing_ok=True)
    found = file.read_text(encoding="utf-8").strip()
    if not found:
        hint = "remove it: then a new one is made, and everybody is graded anew"
        raise RunError(str(file), expected="the secret of the class", got="an empty file", hint=hint)
    return found


def grade_class(
    submissions: Sequence[Submission],
    settings: Settings,
    folder: Path,
    jobs: int,
    tell: Callable[[Graded], None],
) -> list[Result]:
    """Grade submissions; those that were graded before, by the same rubric and unchanged since, are read.

    Arguments:
        submissions: of the class.
        settings: by which they are graded.
        folder: of the class: results are kept there, one by one, so that a run that is interrupted goes on.
        jobs: submissions at a time.
        tell: is told each result as it comes.

    Returns:
        results in the order of the submissions.

    Raises:
        KeyboardInterrupt: as it came; what is graded is kept.
    """
    kept = folder / KEPT
    kept.mkdir(parents=True, exist_ok=True)
    run = Jobs(
        partial(_grader, settings, kept),
        jobs,
        partial(_lost, settings),
        lambda index, graded: tell(graded),
    )
    return [graded.result for graded in run.run(submissions)]


def _grader(settings: Settings, kept: Path, slot: int) -> Callable[[Submission], Graded]:
    """Grades one submission after the other, in the process of a job."""
    threadpool_limits(1)  # jobs take the processors, one each
    return partial(_graded, Grader(settings), kept)


def _graded(grader: Grader, kept: Path, submission: Submission) -> Graded:
    file = kept / f"{file_names([submission.name])[submission.name]}.json"
    try:
        mark = mark_of(grader, submission)
        known = _kept(file, mark) if mark else None
        result = known or grader.grade(submission)
    except Exception as error:  # noqa: BLE001  # the others are to be graded all the same
        event = f"grading it failed within handgrad, which is no fault of its own: {error!r}"
        return Graded(_untold(grader.settings, submission, event), False)
    if known is None:
        write_atomically(file, json.dumps({"mark": mark, "result": result.as_json()}).encode())
    return Graded(result, known is not None)


def _kept(file: Path, mark: str) -> Result | None:
    """The result of an earlier run, where it follows from the same; a damaged one is none."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        return from_json(found["result"]) if found["mark"] == mark else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def mark_of(grader: Grader, submission: Submission) -> str:
    """A hash of all that a result follows from; empty where the submission cannot be read."""
    settings, files = grader.settings, grader.fingerprint(submission)
    data = settings.splits
    sizes = () if data is None else tuple(len(part) for part in (data.train, data.validation, data.test))
    packages = " ".join(sorted(f"{one.name} {one.version}" for one in distributions()))
    given = (__version__, repr(settings.rubric), settings.tier.name, settings.secret, repr(sizes))
    parts = (*given, packages, files)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest() if files else ""


def _lost(settings: Settings, submission: Submission) -> Graded:
    """Of a submission by which the process that graded it ended, each time."""
    event = "the process that graded it ended, and did so again: nothing could be told"
    return Graded(_untold(settings, submission, event), False)


def _untold(settings: Settings, submission: Submission, event: str) -> Result:
    """A result without points, and why."""
    rubric = settings.rubric
    items = tuple(replace(item, reason=f"Not told: {event}.") for item in score(rubric, {}, {}))
    return Result(submission.name, rubric.course, rubric.name, items, (event,), settings.tier.name)
