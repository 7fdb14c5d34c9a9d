import numpy as np
from sklearn.datasets import load_digits as load_original

from handgrad.data import load_digits


def test_sizes_and_form() -> None:
    splits = load_digits()
    parts = (splits.train, splits.validation, splits.test)
    assert [len(part) for part in parts] == [1297, 250, 250]
    for part in parts:
        assert part.images.dtype == np.uint8
        assert part.input_shape == (1, 28, 28)
        assert (part.name, part.classes) == ("digits", 10)
        assert len(part.checksums) == 4


def test_each_digit_has_its_share_in_every_part() -> None:
    splits = load_digits()
    share = np.bincount(load_original().target) / 1797
    for part in (splits.train, splits.validation, splits.test):
        np.testing.assert_allclose(np.bincount(part.labels) / len(part), share, atol=0.01)


def test_always_the_same_and_every_digit_once() -> None:
    first, second = load_digits(), load_digits()
    np.testing.assert_array_equal(first.train.images, second.train.images)
    every = np.concatenate([part.images for part in (first.train, first.validation, first.test)])
    original = len(np.unique(load_original().images, axis=0))
    assert len(np.unique(every, axis=0)) == original


def test_made_as_mnist_was() -> None:
    images = load_digits().train.images.astype(float)
    mass = images.sum(axis=(1, 2))
    rows = images.sum(axis=2) @ np.arange(28) / mass
    columns = images.sum(axis=1) @ np.arange(28) / mass
    assert np.abs(rows - 14).max() <= 0.5 + 1e-9
    assert np.abs(columns - 14).max() <= 0.5 + 1e-9
    heights = [np.flatnonzero(image.any(axis=1)) for image in images]
    assert max(rows[-1] - rows[0] + 1 for rows in heights) <= 20
    assert images.max() == 255


def test_still_the_same_digits() -> None:
    """Averaged back to 8x8, each is nearest to a picture of its own label almost always."""
    splits = load_digits()
    means = np.stack(
        [splits.train.images[splits.train.labels == k].astype(float).mean(axis=0) for k in range(10)]
    )
    distances = ((splits.test.images[:, None].astype(float) - means) ** 2).sum(axis=(2, 3))
    assert (distances.argmin(axis=1) == splits.test.labels).mean() > 0.85
