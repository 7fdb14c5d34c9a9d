"""A folder of pictures by class: ``train/3/00017.png`` and so on; ``test`` and ``validation`` likewise."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from handgrad._typing import AnyArray
from handgrad.data.files import FETCH_AGAIN, reading, unwritable
from handgrad.data.mat import SHUFFLING
from handgrad.data.parts import Part, Parts
from handgrad.errors import DataError

SPLITS = ("train", "validation", "test")
LAYOUT = "train/0/*.png ... test/0/*.png"  # the classes may have any names
GREY, COLOUR = "L", "RGB"


def find_png(folder: Path) -> bool:
    """Whether the folder has ``train`` with a folder of pictures for each class."""
    return any((folder / "train").glob("*/*.png"))


def read_png_folder(folder: str | Path) -> Parts:
    """Read pictures sorted into folders by split and class.

    The classes are the names of the folders in ``train``, sorted (as numbers where all are numbers).
    Pictures whose names are numbers come in that order; others are dealt out in an order that is random,
    but always the same, so that the end of the training images can be held out for validation.

    Arguments:
        folder: where ``train`` and ``test`` are, and ``validation`` if there is one.

    Returns:
        The images, labels and names of the classes; grey pictures as (n, H, W), coloured as (n, 3, H, W).

    Raises:
        DataError: no pictures, one that is damaged, of another size, or of a class that ``train`` has not.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> part = Part(np.zeros((2, 4, 4), np.uint8), np.array([1, 0]))
        >>> with TemporaryDirectory() as folder:
        ...     write_png_folder(folder, Parts(part, part, names=("cat", "dog")))
        ...     read_png_folder(folder).names
        ('cat', 'dog')
    """
    folder = Path(folder)
    names = _class_names(folder / "train")
    if not names:
        raise DataError(
            str(folder),
            expected="pictures as train/CLASS/NAME.png",
            got="no folder of a class",
            hint="put the pictures of each class into a folder of its own",
        )
    validation = (folder / "validation").is_dir()
    return Parts(
        _read_split(folder / "train", names),
        _read_split(folder / "test", names),
        _read_split(folder / "validation", names) if validation else None,
        names,
    )


def write_png_folder(folder: str | Path, parts: Parts) -> None:
    """Write one PNG for each image, named by its position, in a folder for its class.

    Arguments:
        folder: where; made if there is none.
        parts: images of bytes, grey or with three channels, and their labels.

    Raises:
        DataError: images that a PNG cannot hold, or a place that cannot be written.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> part = Part(np.zeros((2, 4, 4), np.uint8), np.array([1, 0]))
        >>> with TemporaryDirectory() as folder:
        ...     write_png_folder(folder, Parts(part, part))
        ...     Path(folder, "train", "1", "00000.png").exists()
        True
    """
    from PIL import Image

    folder = Path(folder)
    present = zip(SPLITS, (parts.train, parts.validation, parts.test), strict=True)
    splits = {split: part for split, part in present if part is not None}
    classes = 1 + max(int(part.labels.max()) for part in splits.values())
    names = parts.names or tuple(map(str, range(classes)))
    for split, part in splits.items():
        images = part.images
        if images.dtype != np.uint8 or (images.ndim == 4 and images.shape[1] not in (1, 3)):
            raise DataError(
                str(folder),
                expected="images of bytes, grey or with three channels",
                got=f"{images.dtype} of {images.shape[1:]}",
                hint="convert to idx or npz instead",
            )
        if images.ndim == 4:
            images = np.moveaxis(images, 1, -1)  # (n, C, H, W) -> (n, H, W, C)
            images = images[..., 0] if images.shape[-1] == 1 else images
        for name in names:
            (folder / split / name).mkdir(parents=True, exist_ok=True)
        for index, (image, label) in enumerate(zip(images, part.labels, strict=True)):
            path = folder / split / names[label] / f"{index:05d}.png"
            try:
                Image.fromarray(np.ascontiguousarray(image)).save(path)
            except OSError as error:
                raise unwritable(path, error) from error


def _class_names(folder: Path) -> tuple[str, ...]:
    names = [path.name for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    numbers = all(name.isdigit() for name in names)
    return tuple(sorted(names, key=int if numbers else None))


def _read_split(folder: Path, names: tuple[str, ...]) -> Part:
    strangers = sorted(set(_class_names(folder)) - set(names))
    if strangers:
        raise DataError(
            str(folder / strangers[0]),
            expected=f"a class of the training images ({', '.join(names[:10])})",
            got=repr(strangers[0]),
            hint="give every class a folder in train",
        )
    files = [
        (path, label) for label, name in enumerate(names) for path in sorted((folder / name).glob("*.png"))
    ]
    if not files:
        raise DataError(str(folder), expected="pictures as CLASS/NAME.png", got="none", hint="add some")
    if all(path.stem.isdigit() for path, _ in files):
        files.sort(key=lambda file: (int(file[0].stem), file[1]))
    else:
        files = [files[index] for index in np.random.default_rng(SHUFFLING).permutation(len(files))]
    mode, first = GREY, _read_picture(files[0][0], None)
    if first.ndim == 3:
        mode = COLOUR
    images = np.empty((len(files), *first.shape), np.uint8)
    for index, (path, _) in enumerate(files):
        picture = _read_picture(path, mode)
        if picture.shape != first.shape:
            raise DataError(
                str(path),
                expected=f"a picture of {first.shape[1]}x{first.shape[0]} pixels, like {files[0][0].name}",
                got=f"{picture.shape[1]}x{picture.shape[0]}",
                hint="bring all pictures to one size",
            )
        images[index] = picture
    if mode == COLOUR:
        images = np.moveaxis(images, -1, 1)  # (n, H, W, 3) -> (n, 3, H, W)
    return Part(images, np.array([label for _, label in files]))


def _read_picture(path: Path, mode: str | None) -> AnyArray:
    from PIL import Image, UnidentifiedImageError

    with reading(path):
        try:
            with Image.open(path) as picture:
                grey = picture.mode in ("1", "L", "LA", "I", "I;16") if mode is None else mode == GREY
                return np.asarray(picture.convert(GREY if grey else COLOUR))
        except (UnidentifiedImageError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise DataError(
                str(path), expected="a PNG picture", got="a damaged or another file", hint=FETCH_AGAIN
            ) from error
