"""``handgrad grade``."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import App, Group, Parameter

from handgrad.cli.options import DataOptions, Json, Quiet, load_splits
from handgrad.cli.output import last_line, say, warn
from handgrad.courses import find_course
from handgrad.data import Splits
from handgrad.engine.threads import usable_cores
from handgrad.errors import ArgumentError
from handgrad.grading.class_run import grade_class, secret_of
from handgrad.grading.gradescope import clean, write_gradescope
from handgrad.grading.marks import read_marks, with_marks
from handgrad.grading.one import Settings, given_files
from handgrad.grading.outputs import write_outputs
from handgrad.grading.result import Result
from handgrad.grading.rubric import Rubric, TrainingRule
from handgrad.grading.rubric_reading import find_rubric
from handgrad.grading.sandbox import Tier, strongest_tier
from handgrad.grading.sandbox.tiers import TIERS, find_tier, possible
from handgrad.grading.submissions import Submission, as_one, find_submissions, left_out
from handgrad.recipes import Recipe

GRADE = Group("Grade", sort_key=1)
OUTPUT = Group("Output", sort_key=4)
NO_DATA = DataOptions()

EXAMPLES = """Examples:

  handgrad grade hw5 class/
  handgrad grade hw5 class/ --rubric hw5-functions --jobs 2
  handgrad grade cmu10601 ann.tar bob/ --rubric mine.toml --no-training
  handgrad grade project3 class/ --marks by-hand.csv
  handgrad grade cs5242 /autograder/submission --gradescope results.json

Each submission runs in a process of its own that can reach nothing else, as
far as the system allows. The folder gets a page for each submission, an
overview of the class, and a table. The same command goes on where it was
interrupted, and grades again only what has changed.
"""

USAGE = "Usage: handgrad grade COURSE SUBMISSION|FOLDER... [OPTIONS]"

app = App(name="grade", usage=USAGE, help_epilogue=EXAMPLES)


@app.default
def run(
    course: Annotated[str, Parameter(group=GRADE)],
    /,
    *paths: Annotated[Path, Parameter(group=GRADE)],
    rubric: Annotated[
        str | None,
        Parameter(group=GRADE, metavar="NAME|FILE", help="what counts; else the course's own points"),
    ] = None,
    no_training: Annotated[bool, Parameter(name="--no-training", negative=(), group=GRADE)] = False,
    jobs: Annotated[
        int | None, Parameter(group=GRADE, help="submissions at a time; else one for each processor")
    ] = None,
    tier: Annotated[
        str | None,
        Parameter(group=GRADE, metavar="NAME", help="namespaces, user or limits; else the strongest here"),
    ] = None,
    marks: Annotated[
        Path | None,
        Parameter(group=GRADE, metavar="FILE", help="a CSV of points given by hand, added to the others"),
    ] = None,
    to: Annotated[Path | None, Parameter(group=OUTPUT, metavar="DIR", show_default=False)] = None,
    gradescope: Annotated[
        Path | None,
        Parameter(group=OUTPUT, metavar="FILE", help="Gradescope's results.json, of a single submission"),
    ] = None,
    source: DataOptions = NO_DATA,
    quiet: Quiet = False,
    json: Json = False,
) -> int:
    """Grade a class, with the reason for each point.

    Parameters
    ----------
    course
        whose assignment it is: hw5, project3, cmu10601, thu or cs5242
    paths
        submissions (folders, archives, Python files), or a folder full of them
    no_training
        check the functions only; what is given for accuracy does not count then
    to
        the folder for pages and results; else grades/COURSE
    """
    chosen = _rubric(course, rubric, no_training)
    if not paths:
        raise ArgumentError("grade", expected="a submission, or a folder of them", got="none")
    if jobs is not None and jobs < 1:
        raise ArgumentError("--jobs", expected="a whole number above 0", got=str(jobs))
    submissions = find_submissions(paths, chosen.course)
    if gradescope is not None:
        submissions = [_only(submissions, paths, chosen.course)]
    else:
        for file in left_out(paths, chosen.course):
            warn(f"{file}: neither a folder nor an archive that can be read; it is left out")
    names = [submission.name for submission in submissions]
    given = read_marks(marks, chosen, names) if marks is not None else {}
    held = _tier(tier)
    splits = _splits(chosen, source, quiet=quiet)
    folder = to or Path("grades") / chosen.name
    settings = Settings(chosen, held, secret_of(folder), splits, given_files(chosen.course))
    say(f"{len(submissions)} of {chosen.course} by {chosen.name}, held by {held.name}", quiet=quiet)
    try:
        results = grade_class(
            submissions,
            settings,
            folder,
            jobs or usable_cores(),
            lambda graded: say(_line(with_marks(graded.result, given), kept=graded.kept), quiet=quiet),
        )
    except KeyboardInterrupt:
        warn(f"what is graded is kept in {folder}; the same command goes on")
        raise
    results = [with_marks(result, given) for result in results]
    written = write_outputs(results, chosen, folder)
    if gradescope is not None:
        write_gradescope(results[0], chosen, gradescope)
    for file in written[:2]:  # the overview and the table; the overview leads to the others
        say(str(file), quiet=quiet and json)
    if json:
        last_line(_summary(results, chosen, folder))
    return 0


def _only(submissions: list[Submission], paths: Sequence[Path], course: str) -> Submission:
    """The one submission that Gradescope has unpacked, whatever folders are in it."""
    if len(submissions) == 1:
        return submissions[0]
    found = as_one(paths[0], course) if len(paths) == 1 else None
    if found is None:
        raise ArgumentError("--gradescope", expected="one submission", got=str(len(submissions)))
    return found


def _rubric(course: str, name: str | None, no_training: bool) -> Rubric:
    find_course(course)  # a rubric's name is none
    rubric = find_rubric(name or course)
    if rubric.course != course:
        raise ArgumentError("--rubric", expected=f"one of {course}", got=f"{rubric.name}, of {rubric.course}")
    if not no_training:
        return rubric
    rules = tuple(rule for rule in rubric.rules if not isinstance(rule, TrainingRule))
    found = replace(rubric, rules=rules)
    if not found.possible:
        hint = f"--rubric {course}-functions gives some" if rubric.name == "hw5" else "copy it, and change it"
        warn(f"without training there are no points in the rubric {rubric.name}: {hint}")
    return found


def _tier(name: str | None) -> Tier:
    """The tier asked for, or the strongest; what it does not keep from a submission is said."""
    if name is None:
        tier = strongest_tier()
    else:
        names = [one.name for one in TIERS]
        if name not in names:
            raise ArgumentError("--tier", expected=f"one of {', '.join(names)}", got=repr(name))
        tier = find_tier(name)
        if not possible(tier):
            raise ArgumentError("--tier", expected="one that this system allows", got=name)
    for warning in tier.warnings:
        warn(f"held by {tier.name} only: {warning}")
    return tier


def _splits(rubric: Rubric, source: DataOptions, *, quiet: bool) -> Splits | None:
    """Images to train and to test on, where the rubric has a training."""
    if not rubric.trainings:
        return None
    return load_splits(Recipe(rubric.course), source, fallback=False, quiet=quiet)


def _line(result: Result, *, kept: bool) -> str:
    wrong = [item for item in result.items if item.status in ("failed", "partly", "open", "not run")]
    words = "graded before" if kept else f"{result.seconds:.1f} s"
    first = f"; {wrong[0].title}: {wrong[0].reason}" if wrong else ""
    line = f"{result.submission}: {result.points:g} of {result.possible:g} ({words}){first}"
    return " ".join(clean(line).split())  # what students write does not command the terminal


def _summary(results: list[Result], rubric: Rubric, folder: Path) -> dict[str, object]:
    rows = [
        {
            "submission": one.submission,
            "points": one.points,
            "possible": one.possible,
            "accuracy": one.accuracy,
        }
        for one in results
    ]
    return {"course": rubric.course, "rubric": rubric.name, "folder": str(folder), "results": rows}
