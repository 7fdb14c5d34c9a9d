"""From any picture of a digit to what MNIST would have made of it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad._typing import Array, ByteArray
from handgrad.data.centred import BOX, centred
from handgrad.data.files import reading
from handgrad.errors import DataError

if TYPE_CHECKING:
    from PIL import Image

FAINTEST = 0.08  # of the strongest ink: what is fainter is noise of the camera or of JPEG
LEAST_CONTRAST = 24  # of 255, between paper and ink: below it the picture shows nothing


def digit_from_picture(picture: str | Path | Image.Image) -> ByteArray:
    """Bring a picture of one digit to the form of MNIST.

    Any size, colour and polarity; transparent backgrounds too. What differs from the colour of the
    picture's border is ink. Its box is scaled to fit 20x20, smoothly and with its proportions kept, and
    placed in 28x28 with its centre of mass in the middle, white on black.
    Source: the page of the MNIST database (LeCun, Cortes, Burges).

    Arguments:
        picture: a PNG or JPEG file, or a Pillow image.

    Returns:
        (28, 28), 0 for paper and 255 for the strongest ink.

    Raises:
        DataError: a file that is no picture, or a picture with nothing on it.

    Example:
        >>> from PIL import Image, ImageDraw
        >>> paper = Image.new("RGB", (200, 300), "white")
        >>> ImageDraw.Draw(paper).line((60, 40, 60, 240), "navy", 20)
        >>> digit = digit_from_picture(paper)
        >>> rows = np.flatnonzero(digit.any(axis=1))
        >>> digit.shape, rows.max() - rows.min() + 1
        ((28, 28), np.int64(20))
    """
    where = "the picture" if not isinstance(picture, (str, Path)) else str(picture)
    ink = _ink(_pixels(picture, where))
    strongest = ink.max()
    if strongest < LEAST_CONTRAST:
        hint = "draw the digit larger or darker"
        raise DataError(where, expected="a digit", got="an empty picture", hint=hint)
    ink = np.where(ink < FAINTEST * strongest, 0, ink * (255 / strongest))
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    digit = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]  # (H, W) -> the digit's box
    image: ByteArray = centred(_fitted(digit)[None])[0]  # (H, W) -> (28, 28)
    return image


def _pixels(picture: str | Path | Image.Image, where: str) -> Array:
    """Colours from 0 to 255, (H, W, 3), with what is transparent painted in the contrary of the rest."""
    from PIL import Image, UnidentifiedImageError

    try:
        with reading(Path(where)), warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            try:
                if not isinstance(picture, (str, Path)):
                    pixels = _colours(picture)
                else:
                    with Image.open(picture) as opened:
                        pixels = _colours(opened)
            except UnidentifiedImageError as error:
                got = "another kind of file, or a damaged one"
                raise DataError(where, expected="a PNG or JPEG picture", got=got) from error
    except (SyntaxError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise DataError(
            where, expected="a picture of one digit", got=f"one that cannot be read ({error})"
        ) from error
    if 0 in pixels.shape:
        raise DataError(where, expected="a digit", got="a picture without pixels")
    colours, opacity = pixels[..., :3], pixels[..., 3:] / 255
    visible = opacity.sum()
    brightness = (colours * opacity).sum() / (3 * visible) if visible else 0.0
    painted: Array = colours * opacity + (0 if brightness > 127 else 255) * (1 - opacity)
    return painted


def _colours(picture: Image.Image) -> Array:
    """The picture the right way up, as red, green, blue and opacity from 0 to 255, (H, W, 4)."""
    from PIL import ImageOps

    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I") or upright.mode == "F":
        upright = _stretched(upright)
    return np.asarray(upright.convert("RGBA"), np.float32)


def _stretched(picture: Image.Image) -> Image.Image:
    """Pictures of 16 bits and more a pixel, from their darkest to their lightest, in 8 bits."""
    from PIL import Image

    values = np.asarray(picture, np.float64)
    low, high = values.min(), values.max()
    return Image.fromarray(((values - low) * (255 / max(high - low, 1e-12))).astype(np.uint8))


def _ink(pixels: Array) -> Array:
    """How far each pixel is from the colour of the border, in the channel where it is farthest."""
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    ink: Array = np.abs(pixels - np.median(border, axis=0)).max(axis=2)  # (H, W, 3) -> (H, W)
    return ink


def _fitted(digit: Array) -> ByteArray:
    """The digit's box scaled so that its longer side has 20 pixels; each pixel the mean of what it covers."""
    from PIL import Image

    H, W = digit.shape
    scale = BOX / max(H, W)
    size = (max(1, round(W * scale)), max(1, round(H * scale)))
    filter_: Any = Image.Resampling.BOX if scale <= 1 else Image.Resampling.BICUBIC
    small = Image.fromarray(digit.astype(np.float32)).resize(size, filter_)
    box: ByteArray = np.rint(np.clip(np.asarray(small), 0, 255)).astype(np.uint8)  # (H, W) -> (OH, OW)
    return box
