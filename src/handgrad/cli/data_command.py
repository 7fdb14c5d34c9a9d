"""``handgrad data`` and its subcommands."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from handgrad.cli.options import DATA, Json, Quiet
from handgrad.cli.output import last_line, say, table
from handgrad.cli.progress import DownloadDisplay
from handgrad.data import convert, load_folder, survey
from handgrad.data.fetch import fetch_set
from handgrad.data.known import KNOWN
from handgrad.data.places import cache_folder
from handgrad.data.status import Row
from handgrad.errors import DataError

EXAMPLES = """Examples:

  handgrad data                           what is found where
  handgrad data fetch fashion-mnist       download it into the cache
  handgrad data verify my-copy/           compare its checksums
  handgrad data convert my-copy/ mnist.npz --to npz
"""

FETCH_EXAMPLES = """Examples:

  handgrad data fetch
  handgrad data fetch fashion-mnist --data-dir data/fashion-mnist

Files that are there and whole are not fetched again.
"""

VERIFY_EXAMPLES = """Examples:

  handgrad data verify
  handgrad data verify my-copy/

The exit code is 0 only if all that was found is what its checksums say.
"""

CONVERT_EXAMPLES = """Examples:

  handgrad data convert data/ mnist.npz --to npz
  handgrad data convert my-images/ my-arrays/ --to npy --no-verify

Read are the same formats; png is a folder of pictures for each class.
"""

Format = Literal["idx", "idx.gz", "npz", "mat", "pkl", "npy", "png"]
DataDir = Annotated[Path | None, Parameter(group=DATA, metavar="DIR")]

USAGE = "Usage: handgrad data [COMMAND] [OPTIONS]"

app = App(name="data", usage=USAGE, help_epilogue=EXAMPLES)


@app.default
def run(*, data_dir: DataDir = None, json: Json = False) -> None:
    """Find, fetch, verify and convert data sets.

    Parameters
    ----------
    data_dir
        look here too, before the usual places
    """
    _show(survey(data_dir), json=json)


@app.command(usage="Usage: handgrad data fetch [mnist|fashion-mnist] [OPTIONS]", help_epilogue=FETCH_EXAMPLES)
def fetch(
    name: Annotated[Literal["mnist", "fashion-mnist"], Parameter(group=DATA)] = "mnist",
    /,
    *,
    data_dir: DataDir = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Download a data set and verify it.

    Parameters
    ----------
    name
        which one
    data_dir
        where to put it; without it, where it is looked for anyway, in the user's cache
    """
    known = KNOWN[name]
    with DownloadDisplay(quiet=quiet) as display:
        folder = fetch_set(known, data_dir or cache_folder(known), progress=display)
    say(f"{known.title} is in {folder}", quiet=quiet or json)
    if json:
        last_line({"data": name, "folder": str(folder)})


@app.command(usage="Usage: handgrad data verify [DIR] [--json]", help_epilogue=VERIFY_EXAMPLES)
def verify(folder: Annotated[Path | None, Parameter(group=DATA)] = None, /, *, json: Json = False) -> None:
    """Compare data with the published checksums.

    Parameters
    ----------
    folder
        a folder or file; without it, all that is found in the usual places
    """
    if folder is not None:
        splits = load_folder(folder)
        images = sum(len(part) for part in (splits.train, splits.validation, splits.test))
        found = {"path": str(folder), "found": splits.train.name, "state": "verified", "images": images}
        if json:
            last_line(found)
        else:
            say(f"{folder}: {splits.train.name}, {images:,} images, as published")
        return
    rows = survey()
    _show(rows, json=json)
    bad = [row for row in rows if row.state in ("damaged", "unknown")]
    if bad:
        raise DataError(
            ", ".join(str(row.path) for row in bad),
            expected="data with the published checksums",
            got=", ".join(row.state for row in bad),
            hint="delete what is damaged and fetch it again: handgrad data fetch",
        )


@app.command(
    name="convert",
    usage="Usage: handgrad data convert SOURCE DESTINATION --to FORMAT [OPTIONS]",
    help_epilogue=CONVERT_EXAMPLES,
)
def convert_(
    source: Annotated[Path, Parameter(group=DATA)],
    destination: Annotated[Path, Parameter(group=DATA)],
    /,
    *,
    to: Annotated[Format, Parameter(group=DATA)],
    no_verify: Annotated[bool, Parameter(negative=(), show_default=False, group=DATA)] = False,
    force: Annotated[bool, Parameter(negative=(), show_default=False, group=DATA)] = False,
    json: Json = False,
) -> None:
    """Write a data set in another format.

    Parameters
    ----------
    source
        a folder or file in any of the formats
    destination
        the folder or file to write
    to
        the format to write
    no_verify
        take files without a known checksum, such as your own
    force
        replace what is there
    """
    if not no_verify:
        load_folder(source)
    written = convert(source, destination, to=to, force=force)
    if json:
        last_line({"source": str(source), "to": to, "written": str(written)})
    else:
        say(f"{source} is now {written}, as {to}")


def _show(rows: list[Row], *, json: bool) -> None:
    if json:
        last_line({"places": [{**vars(row), "path": str(row.path)} for row in rows]})
        return
    bad = [row for row in rows if row.state in ("damaged", "unknown")]
    cells = [
        [row.place, str(row.path), row.found, row.state, "" if row in bad else row.detail] for row in rows
    ]
    table("", ["looked in", "at", "found", "state", ""], cells)
    for row in bad:
        say(f"{row.state}: {row.detail}")
