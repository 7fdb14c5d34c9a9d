"""What the commands of this folder have in common: their options, the images, the results, the errors."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from handgrad.cli.options import DataOptions, load_splits
from handgrad.cli.output import last_line
from handgrad.data import Dataset, Splits
from handgrad.engine import choose_threads
from handgrad.errors import ArgumentError, HandgradError
from handgrad.files import write_atomically
from handgrad.recipes import Recipe, override


def command(description: str | None) -> argparse.ArgumentParser:
    """A command with the options of all: threads, and where results go.

    Arguments:
        description: the module's docstring.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--threads", type=int, metavar="N", help="else HANDGRAD_THREADS, or all cores")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the JSON object there")
    return parser


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """Where the images come from, as `handgrad train` has it, and how many of them are used."""
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="the folder that the images are in")
    parser.add_argument("--no-verify", action="store_true", help="take files without a known checksum")
    parser.add_argument("--train-images", type=counting, metavar="N", help="learn from the first N; else all")


def counting(text: str) -> int:
    """A whole number above 0, for argparse.

    Example:
        >>> counting("3")
        3
    """
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return number


def threads_of(asked: argparse.Namespace) -> int:
    """How many threads each side gets.

    Raises:
        ArgumentError: a number below 1.
    """
    return choose_threads(asked.threads)


def load_all(recipe: Recipe, asked: argparse.Namespace) -> Splits:
    """The recipe's data with nothing held out: here nothing is chosen any more.

    Arguments:
        recipe: says which data.
        asked: the options of `add_data_options`.

    Returns:
        in ``train`` all images that one may learn from, or the first of them, as asked; in ``validation``
        some that are also there.

    Raises:
        DataError, DownloadError: as of `handgrad.load_data`.
    """
    options = DataOptions(data_dir=asked.data_dir, no_verify=asked.no_verify)
    splits = load_splits(override(recipe, ["data.validation=1"]), options)
    return with_nothing_held_out(splits).limit(train=asked.train_images)


def with_nothing_held_out(splits: Splits) -> Splits:
    """The same splits with the images for validation among those to learn from, behind them."""
    parts, like = (splits.train, splits.validation), splits.train
    everything = Dataset(
        np.concatenate([part.images for part in parts]),
        np.concatenate([part.labels for part in parts]),
        normalisation=like.normalisation,
        classes=like.classes,
        name=like.name,
        names=like.names,
        checksums=like.checksums,
    )
    return Splits(everything, splits.validation, splits.test)


def data_facts(splits: Splits, asked: argparse.Namespace) -> dict[str, Any]:
    """What was learnt from and tested with, for the record."""
    return {
        "name": splits.train.name,
        "train_images": len(splits.train),
        "test_images": len(splits.test),
        "verified": not asked.no_verify,
        "checksums": splits.train.checksums,
    }


def check_place(asked: argparse.Namespace) -> None:
    """A file that cannot be written shows before the measuring, not after it.

    Raises:
        ArgumentError: its folder does not exist.
    """
    if asked.out and not asked.out.parent.is_dir():
        raise ArgumentError(str(asked.out), expected="a file in a folder that exists", got="no such folder")


def deliver(values: Mapping[str, Any], asked: argparse.Namespace) -> None:
    """Write and print the results as JSON, as far as that is asked for."""
    if asked.out:
        write_atomically(asked.out, f"{json.dumps(values, indent=2)}\n".encode())
    if asked.json:
        last_line(values)


@contextmanager
def errors_in_a_sentence() -> Iterator[None]:
    """A user's mistake ends in one sentence and exit code 1."""
    try:
        yield
    except HandgradError as error:
        sys.exit(f"handgrad: {error}")
