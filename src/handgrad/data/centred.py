"""How MNIST was made: a digit in a box of 20x20, its centre of mass in the middle of 28x28."""

from __future__ import annotations

import numpy as np

from handgrad._typing import ByteArray

BOX, SIDE = 20, 28  # pixels: the box that the digit is scaled to, and the image around it


def centred(boxes: ByteArray, side: int = SIDE) -> ByteArray:
    """Place each image in a larger black one so that its centre of mass lies in the middle.

    The place is rounded to whole pixels, and nothing is cut off at the edge.

    Arguments:
        boxes: (N, H, W), white on black, neither side larger than ``side``.
        side: pixels of the larger image.

    Returns:
        (N, side, side).

    Example:
        >>> box = np.zeros((1, 4, 4), np.uint8)
        >>> box[0, 0, 0] = 255
        >>> np.argwhere(centred(box, 9)[0]).tolist()
        [[4, 4]]
    """
    N, H, W = boxes.shape
    rows, columns = np.arange(H), np.arange(W)
    weights = boxes.astype(np.float64)
    mass = np.maximum(weights.sum(axis=(1, 2)), 1)  # (N, H, W) -> (N,)
    middle = side / 2  # counted from 0, as the images of MNIST have it: row and column 14 of 28
    top = np.rint(middle - weights.sum(axis=2) @ rows / mass).astype(np.int64).clip(0, side - H)
    left = np.rint(middle - weights.sum(axis=1) @ columns / mass).astype(np.int64).clip(0, side - W)
    images = np.zeros((N, side, side), np.uint8)
    image = np.arange(N)[:, None, None]
    images[image, (top[:, None] + rows)[:, :, None], (left[:, None] + columns)[:, None, :]] = boxes
    return images
