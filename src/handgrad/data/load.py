"""The data sets by name, or a folder of one's own: found, or fetched, read, verified and split."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from handgrad.data.dataset import Splits
from handgrad.data.digits import load_digits
from handgrad.data.formats import EVERYWHERE, Found, found_or_error
from handgrad.data.known import FASHION_MNIST, MNIST, KnownSet
from handgrad.data.parts import Parts
from handgrad.data.places import cache_folder, places_to_search
from handgrad.data.splitting import as_splits
from handgrad.data.verify import check, identify
from handgrad.errors import DataError, DownloadError

if TYPE_CHECKING:
    from handgrad.data.fetch import Patience, Progress

VALIDATION = 10_000  # of the 60,000 training images, the last
NAMES = (MNIST.name, FASHION_MNIST.name, "digits")


def load_mnist(
    data_dir: str | Path | None = None,
    *,
    verify: bool = True,
    download: bool = True,
    validation: int = VALIDATION,
    progress: Progress | None = None,
) -> Splits:
    """MNIST: 70,000 handwritten digits of 28x28 bytes.

    Looked for in ``data_dir``, or in the folder that HANDGRAD_DATA names, or else in ``./data``, the
    user's cache and Keras's; downloaded into the cache if it is nowhere.
    Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits".

    Arguments:
        data_dir: where it must be.
        verify: compare the published checksums.
        download: fetch it if it is nowhere.
        validation: images held out from the end of the training file.
        progress: is told how far a download is.

    Returns:
        50,000 images for training, 10,000 for validation, 10,000 for testing.

    Raises:
        DataError: no or damaged data in a place that was named, or damaged data in any.
        DownloadError: no data anywhere, and no mirror that delivers.

    Example:
        >>> load_mnist("nowhere")
        Traceback (most recent call last):
        handgrad.errors.DataError: nowhere (--data-dir): expected MNIST, got nothing there. Hint: ...
    """
    return load_known(
        MNIST, data_dir, verify=verify, download=download, validation=validation, progress=progress
    )


def load_fashion_mnist(
    data_dir: str | Path | None = None,
    *,
    verify: bool = True,
    download: bool = True,
    validation: int = VALIDATION,
    progress: Progress | None = None,
) -> Splits:
    """Fashion-MNIST: 70,000 pictures of clothes in the form of MNIST.

    Looked for as `load_mnist` does, in the subfolders ``fashion-mnist`` and ``FashionMNIST/raw``.
    Source: Xiao, Rasul and Vollgraf, "Fashion-MNIST", arXiv:1708.07747.

    Arguments:
        data_dir: where it must be.
        verify: compare the published checksums, which exist for the ``.gz`` files only.
        download: fetch it if it is nowhere.
        validation: images held out from the end of the training file.
        progress: is told how far a download is.

    Returns:
        50,000 images for training, 10,000 for validation, 10,000 for testing.

    Raises:
        DataError: no or damaged data in a place that was named, or damaged data in any.
        DownloadError: no data anywhere, and no mirror that delivers.

    Example:
        >>> load_fashion_mnist("nowhere")
        Traceback (most recent call last):
        handgrad.errors.DataError: nowhere (--data-dir): expected Fashion-MNIST, got nothing there. Hint: ...
    """
    return load_known(
        FASHION_MNIST, data_dir, verify=verify, download=download, validation=validation, progress=progress
    )


def load_known(
    known: KnownSet,
    data_dir: str | Path | None = None,
    *,
    verify: bool = True,
    download: bool = True,
    validation: int = VALIDATION,
    progress: Progress | None = None,
    patience: Patience | None = None,
) -> Splits:
    """A published data set, with its mirrors and checksums as an argument.

    Arguments:
        known: the data set.
        data_dir: where it must be.
        verify: compare the published checksums.
        download: fetch it if it is nowhere.
        validation: images held out from the end of the training file.
        progress: is told how far a download is.
        patience: how long to wait for mirrors that do not answer.

    Returns:
        Its three splits.

    Raises:
        DataError: no or damaged data in a place that was named, or damaged data in any.
        DownloadError: no data anywhere, and no mirror that delivers.
    """
    places = places_to_search(known, data_dir)
    for place in places:
        found = place.find(known)
        if found is not None:
            return _load_found(found, known, verify, validation)
        if place.explicit:
            try:
                found_or_error(place.path, EVERYWHERE)
            except DataError as error:
                where = f"{error.where} ({place.name})"
                raise DataError(where, expected=known.title, got=error.got, hint=error.hint) from error
    if not download:
        raise DownloadError(
            known.title,
            expected="a copy of it, as downloading was ruled out",
            got=f"none in {', '.join(str(place.path) for place in places)}",
            hint="allow downloading, or name its folder with --data-dir",
        )
    from handgrad.data.fetch import fetch_set  # the standard library's HTTP is slow to import

    folder = fetch_set(known, cache_folder(known), patience=patience, progress=progress)
    return _load_found(found_or_error(folder, EVERYWHERE), known, verify, validation)


def load_folder(path: str | Path, *, verify: bool = True, validation: int | None = None) -> Splits:
    """A data set of one's own, in any of the formats.

    IDX files with MNIST's names, an ``.npz`` with ``x_train`` and so on, ``mnist_all.mat``,
    ``mnist.pkl.gz``, a folder of ``{train,val,test}_{images,labels}.npy``, or one of pictures by split and
    class: ``train/0/*.png train/1/*.png ... test/0/*.png test/1/*.png``, and ``validation`` if there is one.

    Arguments:
        path: the folder, or the file.
        verify: accept published data sets only, whose checksums are known.
        validation: images held out from the end of the training file; by default the data's own
            validation split, or the last sixth of the training images where there is none.

    Returns:
        Its three splits.

    Raises:
        DataError: no data there, damaged data, or with ``verify`` data that no checksum vouches for.

    Example:
        >>> load_folder("nowhere")
        Traceback (most recent call last):
        handgrad.errors.DataError: nowhere: expected a data set (IDX files, mnist.npz, ...
    """
    found = found_or_error(Path(path))
    parts = found.read()
    name = Path(path).resolve().name
    classes = len(parts.names) if parts.names else 1 + _largest_label(parts)
    splits = as_splits(parts, validation, name=name, classes=classes, names=parts.names)
    if verify:
        known = identify(found, splits.train.checksums)
        return as_splits(parts, validation, name=known.name, classes=len(known.names), names=known.names)
    return splits


def load_data(
    name: str | Path | None = None,
    data_dir: str | Path | None = None,
    *,
    verify: bool = True,
    download: bool = True,
    validation: int | None = None,
    on_fallback: Callable[[str], None] | None = None,
    progress: Progress | None = None,
) -> Splits:
    """A data set by its name, or by the path of a folder of one's own.

    Arguments:
        name: ``mnist``, ``fashion-mnist``, ``digits``, or a path. None means MNIST, or, where there is
            neither a copy of it nor a network, the embedded digits.
        data_dir: where the named data set must be.
        verify: compare the published checksums.
        download: fetch it if it is nowhere.
        validation: images held out from the end of the training file; by default as each set has it.
        on_fallback: is told, in a sentence, when the embedded digits take MNIST's place; a warning
            if not given.
        progress: is told how far a download is.

    Returns:
        The three splits.

    Raises:
        DataError: an unknown name, no or damaged data in a place that was named, or damaged data in any.
        DownloadError: a data set asked for by name is nowhere, and no mirror delivers it.

    Example:
        >>> load_data("digits").train.input_shape
        (1, 28, 28)
    """
    if name == "digits":
        return load_digits()
    for known in (MNIST, FASHION_MNIST):
        if name == known.name or (name is None and known is MNIST):
            held_out = VALIDATION if validation is None else validation
            try:
                return load_known(
                    known, data_dir, verify=verify, download=download, validation=held_out, progress=progress
                )
            except DownloadError as error:
                if name is not None:
                    raise
                return _fall_back(error, on_fallback)
    path = Path(str(name))
    if not path.exists():
        nearest = difflib.get_close_matches(str(name), NAMES, 1)
        raise DataError(
            str(name),
            expected=f"one of {', '.join(NAMES)}, or the path of a folder of your own",
            got="neither",
            hint=f"did you mean {nearest[0]}" if nearest else "check the path",
        )
    return load_folder(path, verify=verify, validation=validation)


def _load_found(found: Found, known: KnownSet, verify: bool, validation: int) -> Splits:
    splits = as_splits(found.read(), validation, name=known.name, classes=len(known.names), names=known.names)
    if verify:
        check(found, splits.train.checksums, known)
    return splits


def _largest_label(parts: Parts) -> int:
    present = [part for part in (parts.train, parts.validation, parts.test) if part is not None]
    return max(int(part.labels.max()) for part in present)


def _fall_back(error: DownloadError, on_fallback: Callable[[str], None] | None) -> Splits:
    splits = load_digits()
    count = len(splits.train) + len(splits.validation) + len(splits.test)
    message = (
        f"THIS IS NOT MNIST: it is nowhere on this machine and could not be downloaded ({error.got}). "
        f"Using the {count:,} real handwritten digits that come with scikit-learn instead; "
        "the accuracy says nothing about MNIST's."
    )
    if on_fallback is None:
        warnings.warn(message, stacklevel=3)
    else:
        on_fallback(message)
    return splits
