"""Where data sets are looked for, in what order."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from handgrad.data.formats import EVERYWHERE, Found, find
from handgrad.data.known import MNIST, KnownSet

VARIABLE = "HANDGRAD_DATA"


@dataclass(frozen=True)
class Place:
    """A folder to look in.

    Arguments:
        name: how it came to be looked at ("--data-dir", "HANDGRAD_DATA", "./data" and so on).
        path: the folder.
        explicit: the user named it, so that its having no data is an error.
        only: the one data set that it can hold, by name.
    """

    name: str
    path: Path
    explicit: bool = False
    only: str | None = None

    def find(self, known: KnownSet) -> Found | None:
        """The data set here, if there is something that can be it."""
        if self.only not in (None, known.name):
            return None
        for folder in known.folders:
            if folder or self.explicit or self.only or known.name == MNIST.name:
                found = find(self.path / folder, EVERYWHERE)
                if found is not None:
                    return found
        return None


def cache_folder(known: KnownSet) -> Path:
    """The folder in the user's cache into which a data set is downloaded.

    Arguments:
        known: the data set.

    Returns:
        ``~/.cache/handgrad/NAME``, or what XDG_CACHE_HOME and, on Windows, LOCALAPPDATA make of it.

    Example:
        >>> cache_folder(MNIST).parts[-2:]
        ('handgrad', 'mnist')
    """
    home = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME")
    return Path(home or Path.home() / ".cache") / "handgrad" / known.name


def all_places(known: KnownSet, data_dir: str | Path | None = None) -> list[Place]:
    """Every place there is, in order.

    Arguments:
        known: the data set.
        data_dir: a folder that the user named.

    Returns:
        The places; see `places_to_search` for those that count.
    """
    places = [Place("--data-dir", Path(data_dir), explicit=True)] if data_dir is not None else []
    if os.environ.get(VARIABLE):
        places.append(Place(VARIABLE, Path(os.environ[VARIABLE]), explicit=True))
    keras = Path.home() / ".keras" / "datasets"
    return [
        *places,
        Place("./data", Path("data")),
        Place("cache", cache_folder(known), only=known.name),
        Place("Keras's cache", keras, only=MNIST.name),
    ]


def places_to_search(known: KnownSet, data_dir: str | Path | None = None) -> list[Place]:
    """The one place that the user named, or else all the usual ones.

    Arguments:
        known: the data set.
        data_dir: a folder that the user named; it goes before HANDGRAD_DATA.

    Returns:
        The places to look in; a place that was named is never passed over for another.
    """
    places = all_places(known, data_dir)
    return places[:1] if places[0].explicit else places
