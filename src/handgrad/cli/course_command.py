"""``handgrad course`` and its subcommands."""

from pathlib import Path
from typing import Annotated, Any, TypeAlias

from cyclopts import App, Group, Parameter

from handgrad import grading
from handgrad.cli.options import RUN, DataOptions, Json, Quiet, RunFolders, Threads, load_splits
from handgrad.cli.output import last_line, say, table
from handgrad.courses import Course, course_names, find_course
from handgrad.data import Splits
from handgrad.engine import choose_threads
from handgrad.errors import ArgumentError
from handgrad.grading.rubric_reading import find_rubric
from handgrad.recipes import Recipe

EXAMPLES = """Examples:

  handgrad course                         which courses there are
  PYTHONPATH=$(handgrad course path hw5) python hw5_script.py
  handgrad course data cs5242 my-work/
  handgrad course run thu --quick
  handgrad course handout cmu10601 for-students/
"""

LIST_EXAMPLES = """Examples:

  handgrad course list
  handgrad course list --json
"""

PATH_EXAMPLES = """Examples:

  handgrad course path hw5
  PYTHONPATH=$(handgrad course path hw5) python hw5_script.py

The folder makes the course's own module names importable, so that a script
written for the course runs unchanged. The modules come with handgrad: python
must be the one that it is installed for.
"""

DATA_EXAMPLES = """Examples:

  handgrad course data project3 my-work/
  handgrad course data cmu10601 . --data-dir my-copy/ --no-verify

A file that is there already with other content is left alone, and said so.
"""

PACK_EXAMPLES = """Examples:

  handgrad course pack cmu10601 my-work/
  handgrad course pack project3 my-work/ --id xyz123 --to handed-in/

The archive gets the name that the course's document asks for.
"""

HANDOUT_EXAMPLES = """Examples:

  handgrad course handout hw5 for-students/
  handgrad course handout cs5242 codes/ --json

The functions to be written are left open, all else is given and runs without
handgrad. A file that is there with other content is left alone, and said so.
"""

AUTOGRADER_EXAMPLES = """Examples:

  handgrad course autograder hw5 autograder/
  handgrad course autograder thu autograder/ --rubric my-rubric.toml

The folder's README says how to zip and upload it.
"""

RUN_EXAMPLES = """Examples:

  handgrad course run hw5 --quick
  handgrad course run cs5242 --search
  handgrad course run thu --data-dir my-copy/ --no-verify --json

The folder holds the numbers as JSON, the figures as SVG and PNG, and the
report as HTML and PDF, in the order of the course's document.
"""

NO_DATA = DataOptions()
RUNS, HERE = Path("runs"), Path()
RUBRICS = Path(grading.__file__).parent / "rubrics"
COURSE = Group("Course", sort_key=1)

USAGE = "Usage: handgrad course [COMMAND] [OPTIONS]"
Name: TypeAlias = Annotated[str, Parameter(group=COURSE, help=f"one of {', '.join(course_names())}")]
Flag: TypeAlias = Annotated[bool, Parameter(negative=(), show_default=False, group=RUN)]

app = App(name="course", usage=USAGE, help_epilogue=EXAMPLES)


@app.default
def run(*, json: Json = False) -> None:
    """Five university courses: modules, data, reports."""
    list_(json=json)


@app.command(name="list", usage="Usage: handgrad course list [--json]", help_epilogue=LIST_EXAMPLES)
def list_(*, json: Json = False) -> None:
    """List the courses."""
    courses = [find_course(name) for name in course_names()]
    if json:
        last_line({"courses": [_row(course) for course in courses]})
        return
    rows = [[course.name, course.title, ", ".join(course.modules), course.produces] for course in courses]
    table("", ["course", "title", "modules", "its run produces"], rows)


@app.command(usage="Usage: handgrad course path NAME", help_epilogue=PATH_EXAMPLES)
def path(name: Name, /) -> None:
    """Print the folder with the course's modules.

    Parameters
    ----------
    name
        of the course
    """
    say(str(find_course(name).folder))


@app.command(usage="Usage: handgrad course data NAME DIR [OPTIONS]", help_epilogue=DATA_EXAMPLES)
def data(
    name: Name,
    folder: Annotated[Path, Parameter(group=COURSE)],
    /,
    *,
    source: DataOptions = NO_DATA,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Write the course's data files.

    Parameters
    ----------
    folder
        that the course's scripts are run in
    """
    course = find_course(name)
    written = course.write_data(_splits(course, source, fallback=False, quiet=quiet), folder)
    _tell({"course": course.name}, written, json=json, quiet=quiet and json)


@app.command(usage="Usage: handgrad course pack NAME DIR [OPTIONS]", help_epilogue=PACK_EXAMPLES)
def pack(
    name: Name,
    folder: Annotated[Path, Parameter(group=COURSE)],
    /,
    *,
    identity: Annotated[str, Parameter(name="--id", group=COURSE, show_default=False)] = "",
    to: Annotated[Path, Parameter(group=COURSE, metavar="DIR", show_default=False)] = HERE,
    json: Json = False,
) -> None:
    """Make the archive that the course wants handed in.

    Parameters
    ----------
    folder
        with your files
    identity
        your student number, where the archive's name tells it
    to
        the folder for the archive; else the working folder
    """
    course = find_course(name)
    archive = course.pack(folder, identity, to)
    if json:
        last_line({"course": course.name, "archive": str(archive)})
    else:
        say(str(archive))


@app.command(usage="Usage: handgrad course handout NAME DIR [--json]", help_epilogue=HANDOUT_EXAMPLES)
def handout(name: Name, folder: Annotated[Path, Parameter(group=COURSE)], /, *, json: Json = False) -> None:
    """Write the students' starting files.

    Parameters
    ----------
    folder
        for the files: modules with open functions, a script that trains, public checks
    """
    course = find_course(name)
    written = course.handout(folder)
    _tell({"course": course.name, "open": course.open_functions()}, written, json=json)


@app.command(usage="Usage: handgrad course autograder NAME DIR [OPTIONS]", help_epilogue=AUTOGRADER_EXAMPLES)
def autograder(
    name: Name,
    folder: Annotated[Path, Parameter(group=COURSE)],
    /,
    *,
    rubric: Annotated[Path | None, Parameter(group=COURSE, metavar="FILE", show_default=False)] = None,
    json: Json = False,
) -> None:
    """Write an autograder's folder for Gradescope.

    Parameters
    ----------
    folder
        that is to be zipped and uploaded
    rubric
        what is graded; else a copy of the course's own
    """
    course = find_course(name)
    if rubric is not None and rubric.is_file():
        meant = find_rubric(str(rubric)).course
        if meant != course.name:
            raise ArgumentError("--rubric", expected=f"one of {course.name}", got=f"one of {meant}")
    own = RUBRICS / f"{course.name}.toml"
    written = course.autograder(folder, rubric or (own if own.is_file() else None))
    _tell({"course": course.name}, written, json=json)


@app.command(name="run", usage="Usage: handgrad course run NAME [OPTIONS]", help_epilogue=RUN_EXAMPLES)
def run_(
    name: Name,
    /,
    *,
    quick: Flag = False,
    search: Flag = False,
    source: DataOptions = NO_DATA,
    runs: RunFolders = RUNS,
    threads: Threads = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Do all that the course's document asks for.

    Parameters
    ----------
    quick
        small subsets and few steps, in under two minutes
    search
        make the document's own search anew, instead of repeating its winner
    """
    course = find_course(name)
    if threads is not None:
        choose_threads(threads)  # a slip shows before a download
    if search and not course.searches:
        others = ", ".join(other for other in course_names() if find_course(other).searches)
        raise ArgumentError(
            "--search",
            expected=f"a course whose document asks for a search: {others}",
            got=course.name,
            hint="leave it out",
        )
    splits = _splits(course, source, fallback=True, quiet=quiet)
    from handgrad.courses.study import run_course  # here, so that `handgrad course path` stays quick

    folder = run_course(
        course,
        splits=splits,
        runs=runs,
        quick=quick,
        search=search,
        threads=threads,
        say=lambda text: say(text, quiet=quiet),
    )
    reports = sorted(str(file) for file in folder.glob("report.*"))
    say("\n".join(reports), quiet=quiet and json)
    if json:
        result = {"course": course.name, "quick": quick, "search": search, "run": str(folder)}
        last_line({**result, "numbers": str(folder / "numbers.json"), "reports": reports})


def _tell(about: dict[str, Any], written: list[Path], *, json: bool, quiet: bool = False) -> None:
    for file in written:
        say(str(file), quiet=quiet)
    if json:
        last_line({**about, "files": list(map(str, written))})


def _row(course: Course) -> dict[str, Any]:
    keys = ("name", "title", "document", "modules", "produces")
    return {**{key: getattr(course, key) for key in keys}, "path": str(course.folder)}


def _splits(course: Course, source: DataOptions, *, fallback: bool, quiet: bool) -> Splits:
    """MNIST as `handgrad train` finds it; digits take its place in a run, but never in files called MNIST."""
    return load_splits(Recipe(course.name), source, fallback=fallback, quiet=quiet)
