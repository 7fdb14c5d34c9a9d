"""What data is where, and whether it is sound: what ``handgrad data`` shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from handgrad.data.formats import Found
from handgrad.data.known import KNOWN
from handgrad.data.places import all_places
from handgrad.data.verify import digests, identify, resembling
from handgrad.errors import DataError

State = Literal["verified", "damaged", "unknown", "nothing"]


@dataclass(frozen=True)
class Row:
    """One place and what was found in it.

    Arguments:
        place: how it came to be looked at ("HANDGRAD_DATA", "cache").
        path: the folder, or the file or folder in it that has the data.
        found: the data set's name, "data" if it is none that is known, or "nothing".
        format: ``idx``, ``npz``, ``mat`` or ``pkl``; empty if there is nothing.
        state: ``verified`` by its checksums, ``damaged``, or ``unknown`` if no checksum vouches for it.
        detail: how much there is, or what is wrong.
    """

    place: str
    path: Path
    found: str
    format: str
    state: State
    detail: str


def survey(data_dir: str | Path | None = None) -> list[Row]:
    """Look for data in every place, whether or not an earlier one has it, and verify what is there.

    Arguments:
        data_dir: a folder to look in before the usual places.

    Returns:
        A row for each data set found, and one for each place without; last, the embedded digits.

    Example:
        >>> survey()[-1].detail
        '1,797 images that come with scikit-learn'
    """
    rows: dict[Path, Row] = {}
    for known in KNOWN.values():
        for place in all_places(known, data_dir):
            found = place.find(known)
            if found is None:
                rows.setdefault(place.path, Row(place.name, place.path, "nothing", "", "nothing", ""))
            elif found.path not in rows or not rows[found.path].format:
                rows[found.path] = _row(place.name, found)
    with_data = {path for path, row in rows.items() if row.format}
    kept = [
        row
        for path, row in rows.items()
        if row.format or not any(path in other.parents for other in with_data)
    ]
    digits = Row(
        "embedded", Path("scikit-learn"), "digits", "", "verified", "1,797 images that come with scikit-learn"
    )
    return [*kept, digits]


def _row(place: str, found: Found) -> Row:
    try:
        parts = found.read()
    except DataError as error:
        return Row(place, found.path, "data", found.format, "damaged", str(error))
    count = sum(len(part.labels) for part in (parts.train, parts.validation, parts.test) if part is not None)
    sums = digests(parts)
    try:
        known = identify(found, sums)
    except DataError as error:
        name = resembling(sums)
        state: State = "unknown" if name is None else "damaged"
        return Row(place, found.path, name or "data", found.format, state, str(error))
    return Row(place, found.path, known.name, found.format, "verified", f"{count:,} images")
