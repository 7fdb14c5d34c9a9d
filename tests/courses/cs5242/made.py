"""Small pictures of ten kinds that a network can tell apart, and plain loops to compare layers with."""

import numpy as np

from handgrad.data import Dataset, Splits


def part(count: int, seed: int) -> Dataset:
    """Bright squares at ten places, with noise."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, count)
    images = rng.integers(0, 30, (count, 28, 28)).astype(np.uint8)
    for image, label in zip(images, labels, strict=True):
        row, column = 2 + 12 * (label // 5), 1 + 5 * (label % 5)
        image[row : row + 9, column : column + 6] = 220
    return Dataset(images, labels, classes=10, name="squares")


def splits_of(train: int, validation: int, test: int) -> Splits:
    return Splits(part(train, 1), part(validation, 2), part(test, 3))


def padded(x: np.ndarray, pad: int) -> np.ndarray:
    N, C, H, W = x.shape
    big = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    big[:, :, pad : pad + H, pad : pad + W] = x
    return big


def windows(x: np.ndarray, size: tuple[int, int], stride: int, pad: int):
    """Every window: its place in the output, and the pixels (N, C, h, w)."""
    big = padded(x, pad)
    rows = 1 + (big.shape[2] - size[0]) // stride
    columns = 1 + (big.shape[3] - size[1]) // stride
    for u in range(rows):
        for v in range(columns):
            yield (u, v), big[:, :, u * stride : u * stride + size[0], v * stride : v * stride + size[1]]


def slopes(function, array: np.ndarray, step: float = 1e-6) -> np.ndarray:
    """Central differences, one element after the other."""
    result = np.empty_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + step
        above = function()
        array[index] = kept - step
        below = function()
        array[index] = kept
        result[index] = (above - below) / (2 * step)
    return result
