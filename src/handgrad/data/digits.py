"""Real handwritten digits that need no download: scikit-learn's, brought to the form of MNIST."""

from __future__ import annotations

import numpy as np

from handgrad._typing import AnyArray, ByteArray, IntArray
from handgrad.data.centred import BOX, SIDE, centred
from handgrad.data.dataset import Splits
from handgrad.data.parts import Part, Parts
from handgrad.data.splitting import as_splits

HELD_OUT = 250  # images for validation, and as many for testing
SPLITTING = 28  # the seed of the split
GREYS = 16  # the darkest value of the 8x8 images


def load_digits() -> Splits:
    """The 1,797 digits of UCI's handwritten digits that come with scikit-learn, as 28x28 bytes.

    Each 8x8 image is enlarged to a smooth 20x20 and placed in 28x28 with its centre of mass in the
    middle, as MNIST was made. The split is always the same, with each digit's share alike in all parts.
    Source: Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI, 1998.

    Returns:
        1,297 images for training, 250 for validation, 250 for testing.

    Example:
        >>> load_digits()
        Splits(train=Dataset('digits': 1297 images of (1, 28, 28), uint8, 10 classes), ...
    """
    from sklearn.datasets import load_digits as load

    bunch = load()
    images, labels = _enlarged(bunch.images), bunch.target.astype(np.int64)
    order = _stratified(labels)
    images, labels = images[order], labels[order]
    train = len(labels) - 2 * HELD_OUT
    whole = Part(images, labels)
    parts = Parts(
        train=whole.sliced(0, train),
        validation=whole.sliced(train, train + HELD_OUT),
        test=whole.sliced(train + HELD_OUT, len(labels)),
    )
    return as_splits(parts, None, name="digits", classes=10)


def _enlarged(images: AnyArray) -> ByteArray:
    from scipy.ndimage import zoom

    factor = BOX / images.shape[-1]
    large = zoom(images, (1, factor, factor), order=3, mode="grid-constant", grid_mode=True)
    boxes = np.rint(np.clip(large, 0, GREYS) * (255 / GREYS)).astype(np.uint8)  # (n, 8, 8) -> (n, 20, 20)
    return centred(boxes, SIDE)


def _stratified(labels: IntArray) -> IntArray:
    """A shuffled order in which every stretch holds about the same share of each class."""
    shuffled = np.random.default_rng(SPLITTING).permutation(len(labels))
    by_class = shuffled[np.argsort(labels[shuffled], kind="stable")]
    of_class = labels[by_class]
    sizes = np.bincount(labels)
    rank = np.arange(len(labels)) - (np.cumsum(sizes) - sizes)[of_class]
    return by_class[np.argsort((rank + 0.5) / sizes[of_class], kind="stable")].astype(np.int64)
