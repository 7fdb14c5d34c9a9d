"""Downloads: each file from the first mirror that delivers it whole, verified before it takes its name."""

from __future__ import annotations

import hashlib
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import TypeAlias
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from handgrad.data.files import replacing
from handgrad.data.formats import FILE_NAMES, Found
from handgrad.data.idx import FILES, idx_digest, read_idx
from handgrad.data.known import KnownSet
from handgrad.data.verify import check, digests
from handgrad.errors import DataError, DownloadError

Progress: TypeAlias = Callable[[int, int | None], None]
"""Is told the bytes of the present file so far, and all of them if the server says."""

CHUNK = 1 << 16  # bytes asked for at a time
LARGEST = 1 << 28  # bytes: more than any file here has; a server that sends on and on is cut off
STALLED = 20.0  # seconds without a byte after which a download that had begun is given up


@dataclass
class Patience:
    """How long to wait for mirrors that do not answer: each in turn, and all of them together.

    A download that has begun costs none of it, however slow it is.

    Arguments:
        each: seconds until one mirror must have sent its first byte.
        total: seconds that may be lost to mirrors that never send one.
    """

    each: float = 3.0
    total: float = 8.0

    def next(self) -> float:
        """The seconds that the next mirror has."""
        return min(self.each, self.total)


class _MirrorFailed(Exception):  # noqa: N818 (a reason, which becomes part of the DownloadError)
    """Why one mirror did not deliver."""


def fetch_file(
    addresses: Sequence[str],
    destination: Path,
    *,
    verify: Callable[[Path], None],
    patience: Patience | None = None,
    progress: Progress | None = None,
) -> str:
    """Download one file from the first of several mirrors that delivers it whole and right.

    Arguments:
        addresses: where it can be had, in the order in which to try.
        destination: the file; written beside it first, and renamed when it is verified.
        verify: raises a `DataError` for a file that is not the right one.
        patience: how long to wait; by default 3 seconds for each mirror and 8 for all that do not answer.
        progress: is told how far the download is.

    Returns:
        The address that delivered.

    Raises:
        DownloadError: none did; it says of each why.
        DataError: the file cannot be written.

    Example:
        >>> fetch_file(["http://127.0.0.1:9/digits"], Path("digits"), verify=print)
        Traceback (most recent call last):
        handgrad.errors.DownloadError: digits: expected a mirror that delivers it, got ...
    """
    patience = patience or Patience()
    reasons = []
    for address in addresses:
        try:
            _fetch(address, destination, verify, patience, progress)
        except _MirrorFailed as reason:
            reasons.append(f"{urlsplit(address).netloc or address}: {reason}")
        else:
            return address
    raise DownloadError(
        destination.name,
        expected="a mirror that delivers it",
        got="; ".join(reasons) or "no mirror to ask",
        hint="check the network, pass --data-dir with the files, or take --data digits (hg.load_digits())",
    )


def fetch_set(
    known: KnownSet,
    folder: Path,
    *,
    patience: Patience | None = None,
    progress: Progress | None = None,
) -> Path:
    """Download a data set: what is missing or damaged of its four files, or else all of it in one archive.

    Arguments:
        known: the data set.
        folder: where to put it; made if there is none.
        patience: how long to wait for mirrors that do not answer.
        progress: is told how far each file is.

    Returns:
        The folder, in which `formats.find` then finds the set.

    Raises:
        DownloadError: no mirror could deliver.
        DataError: the folder cannot be written.
    """
    patience = patience or Patience()
    mirrors = list(known.mirrors)
    try:
        for role, name in FILES.items():
            path, verify = folder / f"{name}.gz", _verifier(known, role)
            if path.exists() and _passes(path, verify):
                continue
            addresses = [mirror + path.name for mirror in mirrors]
            used = fetch_file(addresses, path, verify=verify, patience=patience, progress=progress)
            mirrors.sort(key=lambda mirror: not used.startswith(mirror))  # the one that works first
    except DownloadError as error:
        if not known.archives:
            raise
        try:
            fetch_file(
                known.archives,
                folder / FILE_NAMES["npz"],
                verify=lambda path: _verify_archive(path, known),
                patience=patience,
                progress=progress,
            )
        except DownloadError as last:
            raise DownloadError(
                known.title, expected=error.expected, got=f"{error.got}; {last.got}", hint=error.hint
            ) from last
    return folder


def _fetch(
    address: str,
    destination: Path,
    verify: Callable[[Path], None],
    patience: Patience,
    progress: Progress | None,
) -> None:
    response, chunk = _answer(address, patience)
    stated = response.getheader("Content-Length")
    total = int(stated) if stated and stated.isdigit() else None
    received = 0

    def whole_and_right(path: Path) -> None:
        if total is not None and received < total:
            raise _MirrorFailed(f"sent {received} of {total} bytes")
        try:
            verify(path)
        except DataError as error:
            raise _MirrorFailed(f"sent a wrong file (expected {error.expected}, got {error.got})") from error

    with response, replacing(destination, whole_and_right) as stream:
        while chunk:
            stream.write(chunk)
            received += len(chunk)
            if received > LARGEST:
                raise _MirrorFailed(f"sent more than {LARGEST} bytes")
            if progress is not None:
                progress(received, total)
            try:
                chunk = response.read1(CHUNK)
            except (OSError, HTTPException) as error:
                raise _MirrorFailed(f"stopped after {received} bytes ({_reason(error)})") from error


def _answer(address: str, patience: Patience) -> tuple[HTTPResponse, bytes]:
    """The answer and its first bytes, or the reason why there are none, within the time that is left.

    In a thread that can be left behind: looking up a name may hang for longer than any time-out.
    """
    from urllib.request import Request, urlopen

    seconds = patience.next()
    if seconds <= 0:
        raise _MirrorFailed("not asked, as too much time was lost already")
    answers: queue.SimpleQueue[tuple[HTTPResponse, bytes] | Exception] = queue.SimpleQueue()
    left_behind = threading.Event()

    def ask() -> None:
        try:
            response = urlopen(Request(address, headers={"User-Agent": "handgrad"}), timeout=STALLED)
            first = response.read1(CHUNK)
        except (OSError, HTTPException, ValueError) as error:
            if isinstance(error, HTTPError):
                error.close()
            answers.put(error)
        else:
            answers.put((response, first))
            if left_behind.is_set():
                response.close()

    started = time.monotonic()
    threading.Thread(target=ask, daemon=True, name="handgrad-fetch").start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        left_behind.set()
        patience.total -= time.monotonic() - started
        raise _MirrorFailed(f"no answer within {seconds:.3g} seconds") from None
    if isinstance(answer, Exception):
        patience.total -= time.monotonic() - started
        raise _MirrorFailed(_reason(answer)) from answer
    return answer


def _reason(error: Exception) -> str:
    if isinstance(error, HTTPError):
        return f"answered {error.code} {error.reason}"
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, TimeoutError):
        return "no answer in time"
    return (reason.strerror if isinstance(reason, OSError) else None) or str(reason) or type(error).__name__


def _verifier(known: KnownSet, role: str) -> Callable[[Path], None]:
    """What a downloaded ``.gz`` must be: readable, and with the published checksum."""

    def verify(path: Path) -> None:
        array = read_idx(path, "images" if role.endswith("images") else "labels")
        if role in known.sha256:
            expected, got = known.sha256[role], idx_digest(array)
        else:
            expected, got = known.md5[role], hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
        if expected != got:
            raise DataError(path.name, expected=f"the checksum {expected}", got=got)

    return verify


def _verify_archive(path: Path, known: KnownSet) -> None:
    found = Found("npz", path)
    check(found, digests(found.read()), known)


def _passes(path: Path, verify: Callable[[Path], None]) -> bool:
    try:
        verify(path)
    except DataError:
        return False
    return True
