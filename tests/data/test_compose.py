"""Several augmentations: the first one first, and a single interpolation."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from handgrad._typing import AnyArray
from handgrad.data import Compose, ElasticTransform, RandomAffine
from handgrad.data.warp import Places
from handgrad.errors import ArgumentError, ShapeError

IMAGES = np.random.default_rng(7).integers(0, 256, (5, 11, 11), dtype=np.uint8)
TURN = RandomAffine(degrees=(90, 90))  # moves whole pixels: nothing is lost between it and the next
SHEAR = RandomAffine(shear=(20, 20), scale=(0.8, 0.8))
ELASTIC = ElasticTransform(alpha=60, sigma=3)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_the_first_comes_first() -> None:
    turned, sheared = np.rot90(IMAGES, -1, axes=(1, 2)), SHEAR(IMAGES, rng())
    np.testing.assert_array_equal(Compose([TURN, SHEAR])(IMAGES, rng()), SHEAR(turned, rng()))
    np.testing.assert_array_equal(Compose([SHEAR, TURN])(IMAGES, rng()), np.rot90(sheared, -1, axes=(1, 2)))
    assert (SHEAR(turned, rng()) != np.rot90(sheared, -1, axes=(1, 2))).any()


def test_elastic_last_and_elastic_first() -> None:
    """The last transform draws its numbers first."""
    turned = np.rot90(IMAGES, -1, axes=(1, 2))
    np.testing.assert_array_equal(Compose([TURN, ELASTIC])(IMAGES, rng(3)), ELASTIC(turned, rng(3)))
    later = rng(3)
    TURN(IMAGES, later)
    expected = np.rot90(ELASTIC(IMAGES, later), -1, axes=(1, 2))
    np.testing.assert_array_equal(Compose([ELASTIC, TURN])(IMAGES, rng(3)), expected)


def test_one_interpolation_at_the_places_of_both() -> None:
    images = IMAGES.astype(np.float32)
    found = Compose([SHEAR, ELASTIC])(images, rng(4))
    numbers = rng(4)
    places = Places(np.arange(11.0)[None, :, None], np.arange(11.0)[None, None])
    places = SHEAR.sources(ELASTIC.sources(places, (5, 11, 11), numbers), (5, 11, 11), numbers)
    for image, one, rows, columns in zip(images, found, *places, strict=True):
        expected = map_coordinates(image, np.stack([rows, columns]), order=1, mode="grid-constant")
        np.testing.assert_allclose(one, expected, atol=1e-3)


def test_halving_and_doubling_lose_nothing() -> None:
    """One after the other would leave a quarter of the pixels."""
    there_and_back = Compose([RandomAffine(scale=(0.5, 0.5)), RandomAffine(scale=(2, 2))])
    np.testing.assert_array_equal(there_and_back(IMAGES, rng()), IMAGES)


def inverted(images: AnyArray, rng: np.random.Generator) -> AnyArray:
    return 255 - images


def test_functions_of_your_own() -> None:
    """The frame that a turn by 45 degrees brings in is black before inverting, and black after it."""
    turn = RandomAffine(degrees=(45, 45))
    for order in ([turn, inverted, SHEAR], [inverted, turn], [inverted]):
        expected, numbers = IMAGES, rng(1)
        for transform in order:
            expected = transform(expected, numbers)
        np.testing.assert_array_equal(Compose(order)(IMAGES, rng(1)), expected)
    assert Compose([turn, inverted])(IMAGES, rng())[0, 0, 0] == 255
    assert Compose([inverted, turn])(IMAGES, rng())[0, 0, 0] == 0


def test_equal_if_their_parts_are() -> None:
    assert Compose([TURN, ELASTIC]) == Compose((TURN, ELASTIC))
    assert Compose([TURN, ELASTIC]) != Compose([ELASTIC, TURN])


def test_reproducible_with_colours_and_inputs_unmodified() -> None:
    colour = np.stack([IMAGES, IMAGES, 255 - IMAGES], axis=1)
    before, both = colour.copy(), Compose([RandomAffine(degrees=20), ELASTIC])
    first, second, other = (both(colour, rng(seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first[:, 0], first[:, 1])
    assert (first != other).any()
    np.testing.assert_array_equal(colour, before)


@pytest.mark.parametrize("transforms", [[], None, 3, ELASTIC, [3], "ab", [ELASTIC, None]])
def test_what_is_no_list_of_augmentations(transforms: object) -> None:
    with pytest.raises(ArgumentError, match="Compose: expected a list of augmentations"):
        Compose(transforms)  # type: ignore[arg-type]


def test_wrong_shape() -> None:
    with pytest.raises(ShapeError, match=r"\(11, 11\)"):
        Compose([TURN, ELASTIC])(IMAGES[0], rng())
