"""Elastic deformation, held against SciPy's Gaussian filter and interpolation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter, map_coordinates

from handgrad._typing import AnyArray
from handgrad.data import ElasticTransform
from handgrad.errors import ArgumentError, ShapeError

IMAGES = np.random.default_rng(7).integers(0, 256, (6, 9, 12), dtype=np.uint8)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def by_scipy(image: AnyArray, noise: AnyArray, alpha: float, sigma: float) -> AnyArray:
    """One image and the numbers from 0 to 1 that were drawn for it, to the right and down."""
    right, down = (
        alpha / 2 * gaussian_filter(2 * part.astype(np.float64) - 1, sigma, mode="mirror", truncate=4.0)
        for part in noise
    )
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    places = np.stack([rows + down, columns + right])
    return map_coordinates(image, places, np.float64, order=1, mode="grid-constant")


@settings(max_examples=40, deadline=None)
@given(
    alpha=st.floats(0, 100),
    sigma=st.floats(0.1, 8),
    shape=st.tuples(st.integers(1, 3), st.integers(1, 12), st.integers(1, 12)),
)
def test_equals_scipy_image_by_image(alpha: float, sigma: float, shape: tuple[int, int, int]) -> None:
    images = rng(1).random(shape, dtype=np.float32)
    N, H, W = shape
    noise = rng(5).random((N, 2, H, W), np.float32)
    moved = ElasticTransform(alpha, sigma)(images, rng(5))
    for image, numbers, found in zip(images, noise, moved, strict=True):
        np.testing.assert_allclose(found, by_scipy(image, numbers, alpha, sigma), atol=2e-4)


@pytest.mark.parametrize("sigma", [20.0, 1000.0])
def test_a_gaussian_wider_than_the_image(sigma: float) -> None:
    images = rng(1).random((1, 5, 8), dtype=np.float32)
    noise = rng(2).random((1, 2, 5, 8), np.float32)
    moved = ElasticTransform(40, sigma)(images, rng(2))
    np.testing.assert_allclose(moved[0], by_scipy(images[0], noise[0], 40, sigma), atol=2e-4)


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
def test_alpha_0_changes_nothing(dtype: type) -> None:
    images = IMAGES.astype(dtype)
    moved = ElasticTransform(alpha=0)(images, rng())
    np.testing.assert_array_equal(moved, images)
    assert moved.dtype == images.dtype
    assert not np.shares_memory(moved, images)


def test_how_far_pixels_move_and_how_alike_neighbours_do() -> None:
    """Measured on ramps, whose values tell the way; the expected figures follow from the definition.

    Uniform noise has a variance of 1/3; the squared weights of a Gaussian in two dimensions sum to
    1 / (4 pi sigma²); what it has smoothed correlates with itself k pixels aside by exp(-k² / (4 sigma²)).
    """
    alpha, sigma, size, edge = 40.0, 2.0, 96, 14
    column = np.tile(np.arange(size, dtype=np.float32), (40, size, 1))
    inside = (slice(None), slice(edge, -edge), slice(edge, -edge))
    across = (ElasticTransform(alpha, sigma)(column, rng(1)) - column)[inside]
    down = (ElasticTransform(alpha, sigma)(np.swapaxes(column, 1, 2), rng(1)) - np.swapaxes(column, 1, 2))[
        inside
    ]
    expected = alpha / 2 * np.sqrt(1 / 3) / (2 * np.sqrt(np.pi) * sigma)
    for way in (across, down):
        assert way.std() == pytest.approx(expected, rel=0.03)
        assert abs(way.mean()) < 0.05 * expected
        for aside in (1, 3):
            for one, other in ((way[:, aside:], way[:, :-aside]), (way[:, :, aside:], way[:, :, :-aside])):
                alike = np.corrcoef(one.ravel(), other.ravel())[0, 1]
                assert alike == pytest.approx(np.exp(-(aside**2) / (4 * sigma**2)), abs=0.03)
    assert abs(np.corrcoef(across.ravel(), down.ravel())[0, 1]) < 0.05


def test_channels_move_together_and_images_apart() -> None:
    colour = np.repeat(np.repeat(IMAGES[:1, None], 3, axis=1), 5, axis=0)  # (5, 3, 9, 12), all alike
    moved = ElasticTransform(alpha=40, sigma=3)(colour, rng())
    assert (moved.shape, moved.dtype) == (colour.shape, np.uint8)
    for image in moved:
        np.testing.assert_array_equal(image[0], image[1])
    assert len(np.unique(moved[:, 0], axis=0)) == 5


def test_reproducible_and_inputs_unmodified() -> None:
    transform, before = ElasticTransform(), IMAGES.copy()
    first, second, other = (transform(IMAGES, rng(seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()
    np.testing.assert_array_equal(IMAGES, before)
    np.testing.assert_array_equal(transform(IMAGES[:, ::-1][:, ::-1], rng(3)), first)


def test_bytes_are_rounded_to_the_nearest() -> None:
    exact = ElasticTransform()(IMAGES.astype(np.float32), rng(2))
    np.testing.assert_array_equal(ElasticTransform()(IMAGES, rng(2)), np.rint(exact))


def test_no_images_at_all() -> None:
    assert ElasticTransform()(IMAGES[:0], rng()).shape == (0, 9, 12)


@pytest.mark.parametrize(
    "arguments",
    [
        {"alpha": -1},
        {"alpha": float("nan")},
        {"alpha": float("inf")},
        {"alpha": "much"},
        {"alpha": (1, 2)},
        {"alpha": True},
        {"sigma": 0},
        {"sigma": -2},
        {"sigma": float("nan")},
        {"sigma": 1e4},
        {"sigma": None},
    ],
)
def test_numbers_that_make_no_sense(arguments: dict[str, object]) -> None:
    with pytest.raises(ArgumentError, match=f"ElasticTransform: expected {next(iter(arguments))}"):
        ElasticTransform(**arguments)  # type: ignore[arg-type]


def test_wrong_shape() -> None:
    with pytest.raises(ShapeError, match=r"ElasticTransform: .*\(9, 12\)"):
        ElasticTransform()(IMAGES[0], rng())
