"""Whether data is what it says: its checksums against the published ones, whatever format it came in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from handgrad.data.files import reading
from handgrad.data.formats import Found
from handgrad.data.idx import FILES, find_idx, idx_digest, small_labels
from handgrad.data.known import KNOWN, KnownSet
from handgrad.data.parts import Parts
from handgrad.errors import DataError

ACCEPT = "or pass verify=False (--no-verify) if it is meant to differ"


class UnknownChecksum(DataError):  # noqa: N818 (a DataError by its base)
    """Data in a form for which no checksum was published, so that nothing vouches for it."""


def digests(parts: Parts) -> dict[str, str]:
    """The SHA-256 of the four uncompressed IDX files that would hold this data, by their names.

    Arguments:
        parts: the images and labels.

    Returns:
        64 hexadecimal digits for each of ``train-images-idx3-ubyte`` and its companions.
    """
    training = [parts.train] if parts.validation is None else [parts.train, parts.validation]
    result = {}
    for split, of_split in (("train", training), ("test", [parts.test])):
        result[FILES[f"{split}-images"]] = idx_digest(*(part.images for part in of_split))
        result[FILES[f"{split}-labels"]] = idx_digest(*(small_labels(part.labels) for part in of_split))
    return result


def check(found: Found, sums: dict[str, str], known: KnownSet) -> None:
    """Compare data with a published set.

    Arguments:
        found: where the data lies.
        sums: its `digests`.
        known: what it should be.

    Raises:
        DataError: a checksum that differs, or a format for which none is known.
    """
    for role, expected, got, path in _comparisons(found, sums, known):
        if expected != got:
            raise DataError(
                str(path),
                expected=f"{known.title}'s {FILES[role]}, whose checksum is {expected}",
                got=got,
                hint=f"delete it and fetch it again, {ACCEPT}",
            )


def identify(found: Found, sums: dict[str, str]) -> KnownSet:
    """Say which published set some data is.

    Arguments:
        found: where the data lies.
        sums: its `digests`.

    Returns:
        The set whose checksums all agree.

    Raises:
        DataError: none does, so nothing vouches for the data.
    """
    for known in KNOWN.values():
        try:
            if all(expected == got for _, expected, got, _ in _comparisons(found, sums, known)):
                return known
        except UnknownChecksum:
            continue
    raise UnknownChecksum(
        str(found.path),
        expected=f"a data set whose checksum is known ({', '.join(known.title for known in KNOWN.values())})",
        got="another one",
        hint="pass verify=False (--no-verify) if this is data of your own",
    )


def resembling(sums: dict[str, str]) -> str | None:
    """The name of the published set of which this data has some files, though not all, unchanged."""
    for known in KNOWN.values():
        if any(sums[FILES[role]] == expected for role, expected in known.sha256.items()):
            return known.name
    return None


def _comparisons(found: Found, sums: dict[str, str], known: KnownSet) -> Iterator[tuple[str, str, str, Path]]:
    """What each part holds, its published checksum, its own, and the file that it is in."""
    files = find_idx(found.path) if found.format == "idx" else {}
    if known.sha256 and found.format != "mat":
        for role, expected in known.sha256.items():
            yield role, expected, sums[FILES[role]], files.get(role, found.path)
        return
    for role, expected in known.md5.items():
        if role in files and files[role].suffix == ".gz":
            with reading(files[role]), files[role].open("rb") as stream:
                yield role, expected, hashlib.file_digest(stream, "md5").hexdigest(), files[role]
        else:
            why = "only the .gz files' are published"
            raise _unknown(files.get(role, found.path), known, why)
    if not known.md5:
        raise _unknown(found.path, known, "the published ones are of files that are not sorted by class")


def _unknown(path: Path, known: KnownSet, why: str) -> UnknownChecksum:
    return UnknownChecksum(
        str(path),
        expected=f"{known.title} in a format with a known checksum",
        got=f"none ({why})",
        hint="use the .gz files, or pass verify=False (--no-verify) to take it as it is",
    )
