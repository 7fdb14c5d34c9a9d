"""Options that several commands share, and what they mean."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from handgrad.cli.output import warn
from handgrad.data import Splits, load_data
from handgrad.recipes import Recipe


@Parameter(name="*")
@dataclass(frozen=True)
class DataOptions:
    """Where data comes from."""

    data: Annotated[str | None, Parameter(name="--data")] = None
    "mnist, fashion-mnist, digits, or a folder of your own; instead of the recipe's"

    data_dir: Path | None = None
    "a folder to look for MNIST in, before HANDGRAD_DATA, ./data and the cache"

    verify: bool = True
    "check the files against the known checksums"


def load_splits(recipe: Recipe, options: DataOptions) -> Splits:
    """The recipe's data, or that asked for by name; where MNIST cannot be had, digits, said loudly."""
    asked = options.data
    name = asked or (None if recipe.data.name == "mnist" else recipe.data.name)
    return load_data(
        name,
        options.data_dir,
        verify=options.verify,
        on_fallback=warn,
        validation=recipe.data.validation,
    )
