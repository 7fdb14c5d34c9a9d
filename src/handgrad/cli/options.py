"""Options that several commands share, and what they mean."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

from cyclopts import Group, Parameter

from handgrad.cli.output import warn
from handgrad.cli.progress import DownloadDisplay
from handgrad.data import Splits, load_data
from handgrad.recipes import Recipe

RECIPE = Group("Recipe", sort_key=1)
DATA = Group("Data", sort_key=2)
RUN = Group("Run", sort_key=3)
OUTPUT = Group("Output", sort_key=4)

Json: TypeAlias = Annotated[
    bool,
    Parameter(
        name="--json",
        negative=(),
        show_default=False,
        group=OUTPUT,
        help="print one JSON object as the last line",
    ),
]
Quiet: TypeAlias = Annotated[
    bool, Parameter(negative=(), show_default=False, group=OUTPUT, help="print nothing but the result")
]
Settings: TypeAlias = Annotated[
    list[str] | None,
    Parameter(
        name="--set",
        negative=(),
        group=RECIPE,
        metavar="SECTION.KEY=VALUE",
        help="any value of the recipe, such as optimizer.lr=0.02; may be given several times",
    ),
]
RunFolders: TypeAlias = Annotated[
    Path, Parameter(group=RUN, metavar="DIR", help="where run folders are made")
]
EngineName: TypeAlias = Annotated[
    str | None,
    Parameter(
        group=RUN,
        metavar="NAME",
        help="what executes the network: compiled (the default), reference or torch",
    ),
]
Threads: TypeAlias = Annotated[
    int | None,
    Parameter(group=RUN, help="how many to use; else HANDGRAD_THREADS says it, or all cores are used"),
]


@Parameter(name="*", group=DATA)
@dataclass(frozen=True)
class DataOptions:
    """Where data comes from."""

    data: Annotated[str | None, Parameter(name="--data", metavar="NAME|DIR")] = None
    "mnist, fashion-mnist, digits, or a folder of your own; else what the recipe says, or MNIST"

    data_dir: Annotated[Path | None, Parameter(metavar="DIR")] = None
    "the folder that MNIST is in; else it is looked for in HANDGRAD_DATA, ./data and the cache, or downloaded"

    no_verify: Annotated[bool, Parameter(name="--no-verify", negative=(), show_default=False)] = False
    "take files without a known checksum, such as your own"


def load_splits(
    recipe: Recipe, options: DataOptions, *, fallback: bool = False, quiet: bool = False
) -> Splits:
    """The recipe's data, or that asked for.

    Arguments:
        recipe: says which, where the options do not.
        options: from the command line.
        fallback: where MNIST is the recipe's wish alone and cannot be had, take digits and say so loudly.
        quiet: show no download.
    """
    name: str | None = options.data or recipe.data.name
    if fallback and options.data is None and name == "mnist":
        name = None
    with DownloadDisplay(quiet=quiet) as display:
        return load_data(
            name,
            options.data_dir or (Path(recipe.data.dir) if recipe.data.dir else None),
            verify=recipe.data.verify and not options.no_verify,
            on_fallback=warn,
            validation=recipe.data.validation,
            progress=display,
        )
