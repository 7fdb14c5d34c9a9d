"""One submission graded: laid out, read, run in its process, trained, and turned into points."""

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from handgrad.checks.definitions import decoded
from handgrad.checks.styles import STYLES
from handgrad.courses import find_course
from handgrad.data import Splits
from handgrad.errors import DataError
from handgrad.grading.functions import Checked, check_functions
from handgrad.grading.importing import find_violations
from handgrad.grading.leak import find_leaks
from handgrad.grading.outcome import CheckOutcome, TrainingOutcome
from handgrad.grading.remote import Host
from handgrad.grading.result import Item, Result
from handgrad.grading.rubric import Rubric, TrainingRule, piece_key
from handgrad.grading.rules import Rule, rule_from
from handgrad.grading.sandbox import Box, Limits, Plan, Tier
from handgrad.grading.scoring import score
from handgrad.grading.submissions import Submission, fingerprint, lay_out, modules_of, open_modules
from handgrad.grading.trained import InBox
from handgrad.grading.training import TIME, train

SCRIPTS = {"hw5": ("hw5",), "project3": ("Project3",), "cmu10601": ("cnn_lenet",)}
"""Modules that courses hand out as scripts, which train when imported: only what they define is run."""

RATES = {"classifier": "lr", "mlp": "lr", "convnet": "lr", "lenet": "epsilon", "mnistnet": "lr"}
"""What a protocol calls its rate; the others say learning_rate."""

Curve = tuple[Mapping[str, float], ...]

LARGE_PRINT = 1 << 20  # characters
MIB = 1 << 20


@dataclass(frozen=True)
class Settings:
    """What all submissions of a class are graded by.

    Arguments:
        rubric: what counts.
        tier: how they are held.
        secret: from which the numbers of the cases follow.
        splits: images to train and to test on; None: nothing is trained.
        given: files that the course hands out, by their paths; a submission's own come first.
    """

    rubric: Rubric
    tier: Tier
    secret: str
    splits: Splits | None = None
    given: Mapping[str, bytes] = field(default_factory=dict)


class Grader:
    """Grades submissions, one after the other.

    Arguments:
        settings: what by.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def fingerprint(self, submission: Submission) -> str:
        """A hash of the files of a submission that count; empty where it cannot be read."""
        with tempfile.TemporaryDirectory(prefix="handgrad-submission-") as name:
            try:
                lay_out(submission, self.settings.rubric.course, Path(name))
            except DataError:
                return ""
            return fingerprint(Path(name))

    def grade(self, submission: Submission) -> Result:
        """A submission's result.

        Arguments:
            submission: where it lies; it is copied, and not touched.
        """
        rubric, start = self.settings.rubric, time.perf_counter()
        with tempfile.TemporaryDirectory(prefix="handgrad-submission-") as name:
            own, given = Path(name) / "own", Path(name) / "given"
            for folder in (own, given):
                folder.mkdir()
            self._lay_given(given)
            try:
                lay_out(submission, rubric.course, own)
            except DataError as error:
                event = f"it could not be read: {error}"
                return Result(submission.name, rubric.course, rubric.name, _unread(rubric, event), (event,))
            return _One(self.settings, own, given).result(submission.name, start)

    def _lay_given(self, folder: Path) -> None:
        for path, data in self.settings.given.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)


@dataclass
class _One:
    """A submission that is being graded."""

    settings: Settings
    own: Path
    given: Path
    events: list[str] = field(default_factory=list)

    @property
    def rubric(self) -> Rubric:
        return self.settings.rubric

    def result(self, name: str, start: float) -> Result:
        self.events += missing_modules(self.rubric, self.own)
        checks = self._checks()
        sources = {
            path.relative_to(self.own).as_posix(): decoded(path.read_bytes())
            for path in sorted(self.own.rglob("*.py"))
        }
        modules = {*modules_of(self.rubric.course)}
        imported = find_violations(sources, self.rubric)
        violations = [one for one in imported if modules & {*one.reaches}]  # what is not used breaks no rule
        leaks = find_leaks(sources)
        trainings = self._trainings()
        items = score(
            self.rubric, checks, {key: one for key, (one, _) in trainings.items()}, violations, leaks
        )
        first = next((one for one, _ in trainings.values() if one.accuracy is not None), None)
        curve = next((curve for one, curve in trainings.values() if one is first), ())
        return Result(
            name,
            self.rubric.course,
            self.rubric.name,
            items,
            tuple(dict.fromkeys(self.events)),
            self.settings.tier.name,
            self.settings.tier.warnings,
            round(time.perf_counter() - start, 2),
            None if first is None else first.accuracy,
            curve,
        )

    def _checks(self) -> dict[str, CheckOutcome]:
        wanted = [
            one for one in STYLES[self.rubric.course].interfaces if piece_key(one) in self.rubric.pieces
        ]
        seconds = self.rubric.limits.call_seconds
        host = self._host(cpu=20 * seconds, together=30 * seconds)
        try:
            found = check_functions(host, self.rubric.course, self.own, wanted, self.settings.secret)
        finally:
            self._close(host)
        return {piece_key(one.interface): outcome_of(one) for one in found}

    def _trainings(self) -> dict[str, tuple[TrainingOutcome, Curve]]:
        """Each of the rubric's trainings, in a process of its own."""
        splits = self.settings.splits
        if splits is None:
            return {}
        found: dict[str, tuple[TrainingOutcome, Curve]] = {}
        for line in self.rubric.trainings:
            rule = training_rule(line)
            host = self._host(cpu=4 * rule.seconds)
            try:
                done = train(InBox(host, rule.seconds), rule, splits)
            finally:
                self._close(host)
            limit = f"its time of {rule.seconds:,.0f} seconds was up" if done.stopped == TIME else ""
            found[line.name] = (
                TrainingOutcome(
                    done.accuracy,
                    done.epochs,
                    done.steps,
                    done.seconds,
                    limit or done.stopped.rstrip("."),
                    "raises" if done.accuracy is None else "",
                ),
                done.curve,
            )
        return found

    def _host(self, cpu: float, together: float = float("inf")) -> Host:
        rubric, limits = self.rubric, self.rubric.limits
        plan = Plan(
            rubric.course,
            self.own,
            self.given,
            tuple(rubric.imports.allowed),
            tuple(rubric.imports.forbidden),
            SCRIPTS.get(rubric.course, ()),
            Limits(
                cpu=cpu,
                memory=limits.memory_mib,
                file=limits.file_mib,
                processes=limits.processes,
                printed=limits.output_kib / 1024,
            ),
        )

        def open_box() -> Box:
            return Box(plan, self.settings.tier)

        return Host(open_box, self.own, limits.call_seconds, limits.call_seconds / 5, together)

    def _close(self, host: Host) -> None:
        host.close()
        self.events += host.events
        if host.printed > LARGE_PRINT:
            self.events.append(f"it printed {host.printed / MIB:,.0f} MiB, which were not kept")


def _unread(rubric: Rubric, event: str) -> tuple[Item, ...]:
    """No points, and why; what has none, and what a person marks, is as it is."""
    items = score(rubric, {}, {})
    return tuple(
        one if one.status in ("passed", "by hand") else replace(one, reason=f"Not told: {event.rstrip('.')}.")
        for one in items
    )


def outcome_of(checked: Checked) -> CheckOutcome:
    """What the checks found, as scoring takes it."""
    if checked.piece is not None:
        return CheckOutcome("checked", checked.piece)
    if checked.stopped is not None:
        return CheckOutcome("stopped", None, checked.why, checked.stopped.cause)
    return CheckOutcome("missing", None, checked.why)


def training_rule(line: TrainingRule) -> Rule:
    """How a line of the rubric trains: its course's way, with what the line says otherwise."""
    values = {
        "protocol": line.network,
        "epochs": line.epochs,
        "iterations": line.iterations,
        "train_images": line.images,
        "batch_size": line.batch_size,
        "seconds": line.seconds,
    }
    given: dict[str, Any] = {key: value for key, value in values.items() if value is not None}
    if line.rate is not None:
        given["settings"] = {RATES.get(line.network, "learning_rate"): line.rate}
    return rule_from(given, f"{line.name} of the rubric")


def given_files(course: str) -> dict[str, bytes]:
    """What a course hands out and has no open function in, by path; see `handgrad course handout`."""
    open_files = {f"{name}.py" for name in open_modules(course)}
    with tempfile.TemporaryDirectory(prefix="handgrad-handout-") as folder:
        written = find_course(course).handout(Path(folder))
        found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in written}
    return {path: data for path, data in found.items() if path not in open_files}


def missing_modules(rubric: Rubric, own: Path) -> list[str]:
    """What is to be said of a submission that lacks a module which it must have.

    Arguments:
        rubric: which asks for them: a training for all.
        own: the submission's files.
    """
    asked = {key.partition(":")[0] for key in rubric.pieces}
    wanted = [name for name in open_modules(rubric.course) if name in asked or rubric.trainings]
    missing = [name for name in wanted if not (own / f"{name}.py").is_file()]
    files = ", ".join(sorted(path.relative_to(own).as_posix() for path in own.rglob("*.py")))
    return [f"there is no {name}.py; its Python files: {files}" for name in missing]
