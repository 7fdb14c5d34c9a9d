"""Whether arrays can be a data set: looked at once, when it is made, so that nothing later has to ask."""

from __future__ import annotations

import numpy as np

from handgrad._typing import AnyArray, IntArray
from handgrad.errors import DataError

CHUNK = 4096  # images looked at together, so that a check needs no copy of the data set


def checked_images(images: AnyArray, name: str) -> AnyArray:
    """The images of a data set, as bytes or floats; an error names the first that cannot be one."""
    if images.ndim not in (3, 4) or 0 in images.shape[1:]:
        raise DataError(
            name,
            expected="images of shape (n, H, W) or (n, C, H, W)",
            got=f"{images.shape}",
            hint="reshape flattened images to (n, H, W)" if images.ndim == 2 else "put the images first",
        )
    if len(images) == 0:
        raise DataError(name, expected="at least one image", got="none")
    if images.dtype.kind in "iu" and images.dtype != np.uint8 and images.min() >= 0 and images.max() <= 255:
        images = images.astype(np.uint8)
    if images.dtype != np.uint8 and images.dtype.kind != "f":
        raise DataError(
            name,
            expected="pixels as bytes from 0 to 255, or floats from 0 to 1",
            got=f"{images.dtype}" if images.dtype.kind not in "iu" else "integers outside 0 to 255",
            hint="convert the images to uint8",
        )
    if images.dtype.kind == "f":
        for start in range(0, len(images), CHUNK):
            finite = np.isfinite(images[start : start + CHUNK]).all(axis=tuple(range(1, images.ndim)))
            if not finite.all():
                index = start + int(np.argmin(finite))
                raise DataError(
                    f"{name}: image {index}",
                    expected="finite pixels",
                    got="NaN" if np.isnan(images[index]).any() else "infinity",
                    hint="look at how the image was made, or leave it out",
                )
    return images


def checked_labels(labels: AnyArray, count: int, classes: int | None, name: str) -> IntArray:
    """The labels of a data set, as int64; an error names the first that cannot be one."""
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise DataError(
            f"{name}: labels",
            expected="integers of shape (n,)",
            got=f"{labels.dtype} of shape {labels.shape}",
            hint="turn one-hot rows into classes with argmax(axis=1)"
            if labels.ndim == 2
            else "convert the labels to integers",
        )
    if len(labels) != count:
        raise DataError(
            name,
            expected="as many labels as images",
            got=f"{count} images and {len(labels)} labels",
            hint="check that both files belong together",
        )
    if count == 0:
        raise DataError(name, expected="at least one image", got="none")
    labels = labels.astype(np.int64, copy=False)
    outside = (labels < 0) | (labels >= (np.inf if classes is None else classes))
    if outside.any():
        index = int(np.argmax(outside))
        raise DataError(
            f"{name}: label {index}",
            expected="0 or more"
            if classes is None
            else f"0 to {classes - 1}, as there are {classes} classes",
            got=str(labels[index]),
            hint="mend the label, or raise the number of classes",
        )
    return labels
