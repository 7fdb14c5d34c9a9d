"""A course's run: what its experiments are given, and what becomes of their numbers and figures."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handgrad.courses.course import check_images
from handgrad.data import Splits
from handgrad.data.idx import FILES
from handgrad.data.known import KNOWN, MNIST
from handgrad.engine import Engine
from handgrad.engine.threads import choose_threads, limit_blas
from handgrad.errors import RunError
from handgrad.files import write_atomically
from handgrad.nn import Sequential
from handgrad.recipes import find_recipe, override
from handgrad.recipes.build import build_network, build_run, build_training, prepare
from handgrad.recipes.recipe import Recipe
from handgrad.report import check_renderers, render, save_figure, write_report
from handgrad.report.markdown import with_title
from handgrad.train import Record, evaluate, machine_facts, new_folder

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from handgrad.courses.course import Course

QUICK = (2000, 500, 500)  # images to train, validate and test with
NUMBERS = "numbers.json"


@dataclass(frozen=True)
class Trained:
    """A training that ended.

    Arguments:
        recipe: complete.
        run: the engine, with the chosen weights.
        splits: the data as the recipe used it.
        records: of the training.
        result: parameters, steps, epochs, seconds, and loss and accuracy on validation and test.
    """

    recipe: Recipe
    run: Engine
    splits: Splits
    records: list[Record]
    result: dict[str, Any]

    @property
    def network(self) -> Sequential:
        """With its trained weights."""
        return self.run.network


@dataclass
class Study:
    """What a course's experiments work with.

    Arguments:
        folder: of the run.
        splits: MNIST as bytes.
        quick: whether a look is enough: small data, few steps.
        search: whether the document's own search is made anew.
        threads: for the engines; None: every core that may be used.
        tell: is given each line of progress.
    """

    folder: Path
    splits: Splits
    quick: bool = False
    search: bool = False
    threads: int | None = None
    tell: Callable[[str], None] = print
    numbers: dict[str, Any] = field(default_factory=dict)
    """Everything that the report says, as JSON can hold it."""

    def say(self, text: str) -> None:
        """Tell how far the run is."""
        self.tell(text)

    def figure(self, name: str, figure: Figure) -> None:
        """Keep a figure as ``figures/NAME.svg`` and ``figures/NAME.png``, and the numbers so far.

        Raises:
            RunError: the folder cannot be written.
        """
        figures = self.folder / "figures"
        figures.mkdir(exist_ok=True)
        for ending in ("svg", "png"):
            save_figure(figure, figures / f"{name}.{ending}")
        self.save()

    def save(self) -> None:
        """Write the numbers so far.

        Raises:
            RunError: the folder cannot be written.
        """
        text = json.dumps(self.numbers, indent=1, allow_nan=False)
        write_atomically(self.folder / NUMBERS, (text + "\n").encode())

    def train(
        self,
        recipe: str | Recipe,
        settings: Sequence[str] = (),
        *,
        label: str = "",
        splits: Splits | None = None,
    ) -> Trained:
        """Train a recipe to its end, and evaluate it once on the test set.

        Arguments:
            recipe: its name, or itself.
            settings: as after ``--set``, such as "train.epochs=3".
            label: for the progress line; the recipe's name without it.
            splits: other data than the study's.

        Raises:
            RecipeError, ArgumentError: settings that make no sense.
            NonFiniteError: the loss or a gradient became NaN or infinite.
        """
        complete = override(find_recipe(recipe) if isinstance(recipe, str) else recipe, settings)
        data = prepare(complete, splits or self.splits)
        run = build_run(complete, build_network(complete), engine=None, threads=self.threads)
        training = build_training(complete, run, data)
        records, started = [], time.perf_counter()
        while not training.progress.finished:
            record = training.advance()
            if record:
                records.append(record)
        run.adopt(training.chosen_weights())
        seconds = time.perf_counter() - started
        validation, test = evaluate(run, data.validation), evaluate(run, data.test)
        result = {
            "parameters": sum(item.value.size for item in run.network.parameters().values()),
            "steps": training.progress.step,
            "epochs": training.progress.step / training.plan.steps_per_epoch(len(data.train)),
            "seconds": seconds,
            "validation_accuracy": validation.accuracy,
            "validation_loss": validation.loss,
            "test_accuracy": test.accuracy,
            "test_loss": test.loss,
        }
        self.say(f"{label or complete.name}: validation {validation.accuracy:.2%} in {seconds:.1f} s")
        return Trained(complete, run, data, records, result)


def run_course(
    course: Course,
    *,
    splits: Splits,
    runs: Path,
    quick: bool = False,
    search: bool = False,
    threads: int | None = None,
    say: Callable[[str], None] = print,
) -> Path:
    """All that a course's document asks for, into ``runs/course-NAME-DATE``.

    The folder holds ``numbers.json``, ``figures/``, ``run.json`` (machine and data), and the report as
    ``report.md``, ``report.html`` and ``report.pdf``.

    Arguments:
        course: from `find_course`.
        splits: MNIST.
        runs: where the folder is made.
        quick: small subsets and few steps, for a look.
        search: make the document's own search anew, instead of replaying its recorded winner.
        threads: for the engines; None: every core that may be used.
        say: is given each line of progress.

    Returns:
        the folder.

    Raises:
        RunError: the folder cannot be made or written.
        ReportError: what the report is made with is not installed.
        DataError: images that are not of MNIST's kind.
    """
    check_renderers()  # before an hour's work, not after it
    check_images(splits)
    splits = splits.limit(*QUICK) if quick else splits
    folder = new_folder(runs, f"course-{course.name}")
    study = Study(folder, splits, quick, search, threads, say)
    started = time.perf_counter()
    facts = {**machine_facts(), "course": course.name, "quick": quick, "search": search}
    facts |= {"data": data_note(splits), "threads": threads, "checksums": splits.train.checksums}
    write_atomically(folder / "run.json", (json.dumps(facts, indent=1) + "\n").encode())
    with limit_blas(choose_threads(threads)):  # for the courses' own classes, which are NumPy's
        course.run(study)
    study.numbers["seconds"] = time.perf_counter() - started
    study.save()
    write_course_report(course, folder)
    return folder


def write_course_report(course: Course, folder: Path) -> list[Path]:
    """Write the report anew from a run's numbers and figures.

    Arguments:
        course: whose.
        folder: of its run.

    Returns:
        the files.

    Raises:
        RunError: the folder holds no numbers.
    """
    return write_report(report_text(course, folder), folder, title=course.title)


def report_text(course: Course, folder: Path) -> str:
    """The report's text in Markdown, from a run's numbers.

    Arguments:
        course: whose.
        folder: of its run.

    Raises:
        RunError: the folder holds no numbers.
    """
    try:
        numbers, facts = (json.loads((folder / name).read_text()) for name in (NUMBERS, "run.json"))
    except (OSError, ValueError) as error:
        raise RunError(
            str(folder), expected="the numbers of a course's run", got=str(error), hint="handgrad course run"
        ) from None
    values = {
        **numbers,
        "data_note": facts["data"],
        "quick": facts["quick"],
        "course": course.name,
        "facts": facts,
    }
    text = render(course.report.read_text(), values, str(course.report.name))
    return with_title(f"{text.rstrip()}\n\n{run_note(numbers, facts)}\n", course.title)


def run_note(numbers: dict[str, Any], facts: dict[str, Any]) -> str:
    """A sentence on the run itself: how long it took, where and when.

    Example:
        >>> run_note({"seconds": 61.4}, {"cores": 2, "cpu": "AMD EPYC", "started": "2026-11-21T14:31:09"})
        'The whole run behind this report took 61 s, on 2 cores of `AMD EPYC`, on 2026-11-21.'
    """
    cores = "1 core" if facts["cores"] == 1 else f"{facts['cores']} cores"
    took = f"The whole run behind this report took {numbers['seconds']:.0f} s"
    return f"{took}, on {cores} of `{facts['cpu']}`, on {facts['started'][:10]}."


def data_note(splits: Splits) -> str:
    """A sentence on the data that a run used."""
    parts = (splits.train, splits.validation, splits.test)
    counts = ", ".join(f"{len(part):,} images to {word}" for part, word in zip(parts, WORDS, strict=True))
    name, sums = splits.train.name, splits.train.checksums
    if name != MNIST.name:
        title = KNOWN[name].title if name in KNOWN else name
        return f"The data are {title}, in MNIST's place: {counts}; so they are again with `--data`."
    if sums == {FILES[role]: digest for role, digest in MNIST.sha256.items()}:
        return f"The data are MNIST as it was published: {counts}."
    return (
        "The data are a copy of MNIST whose checksums are not the published ones, "
        f"so that some of its pixels are not MNIST's: {counts}. "
        "To repeat a run with such files, add `--data-dir` and `--no-verify`."
    )


WORDS = ("train", "validate", "test")
