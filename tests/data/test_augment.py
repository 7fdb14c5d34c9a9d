import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import affine_transform

from handgrad.data import RandomAffine
from handgrad.errors import ArgumentError, ShapeError

IMAGES = np.random.default_rng(7).integers(0, 256, (6, 9, 12), dtype=np.uint8)
SQUARE = np.random.default_rng(8).integers(0, 256, (4, 11, 11), dtype=np.uint8)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_no_change_is_no_change() -> None:
    np.testing.assert_array_equal(RandomAffine()(IMAGES, rng()), IMAGES)


def test_quarter_turn_is_clockwise_as_in_torchvision() -> None:
    turned = RandomAffine(degrees=(90, 90))(SQUARE, rng())
    np.testing.assert_array_equal(turned, np.rot90(SQUARE, -1, axes=(1, 2)))


def test_shifts_are_whole_pixels_within_their_range() -> None:
    dot = np.zeros((500, 21, 41), np.uint8)
    dot[:, 10, 20] = 255
    moved = RandomAffine(translate=(0.25, 0.1))(dot, rng())
    assert (moved.reshape(500, -1).max(axis=1) == 255).all()
    _, rows, columns = np.nonzero(moved)
    assert set(np.unique(columns - 20)) == set(range(-10, 11))
    assert set(np.unique(rows - 10)) == {-2, -1, 0, 1, 2}


def test_doubled_size() -> None:
    square = np.zeros((1, 21, 21), np.uint8)
    square[0, 8:13, 8:13] = 200
    large = RandomAffine(scale=(2, 2))(square, rng())[0]
    assert (large[6:15, 6:15] == 200).all()
    assert large.sum() == pytest.approx(4 * square.sum(), rel=0.1)


def test_shear_moves_rows_as_in_torchvision() -> None:
    line = np.zeros((1, 21, 21), np.uint8)
    line[0, :, 10] = 255
    sheared = RandomAffine(shear=(45, 45))(line, rng())[0]
    np.testing.assert_array_equal(sheared, np.eye(21, dtype=np.uint8)[::-1] * 255)
    flat = np.swapaxes(line, 1, 2)
    down = RandomAffine(shear=(0, 0, 45, 45))(flat, rng())[0]
    np.testing.assert_array_equal(down, np.eye(21, dtype=np.uint8)[::-1] * 255)


@settings(max_examples=40, deadline=None)
@given(
    degrees=st.floats(-180, 180),
    scale=st.floats(0.5, 2),
    shear=st.tuples(st.floats(-40, 40), st.floats(-40, 40)),
    shape=st.tuples(st.integers(1, 4), st.integers(1, 12), st.integers(1, 12)),
)
def test_equals_scipys_transform_image_by_image(
    degrees: float, scale: float, shear: tuple[float, float], shape: tuple[int, int, int]
) -> None:
    """With the matrix written out as torchvision's documentation of `affine` gives it."""
    images = rng(1).random(shape, dtype=np.float32)
    a, sx, sy = np.deg2rad([degrees, *shear])
    matrix = scale * np.array(  # x to the right, y down
        [
            [np.cos(a - sy) / np.cos(sy), -np.cos(a - sy) * np.tan(sx) / np.cos(sy) - np.sin(a)],
            [np.sin(a - sy) / np.cos(sy), -np.sin(a - sy) * np.tan(sx) / np.cos(sy) + np.cos(a)],
        ]
    )
    back = np.linalg.inv(matrix)[::-1, ::-1]  # rows first
    middle = (np.array(shape[1:]) - 1) / 2
    transform = RandomAffine((degrees, degrees), None, (scale, scale), (*shear[:1] * 2, *shear[1:] * 2))
    for image, moved in zip(images, transform(images, rng()), strict=True):
        expected = affine_transform(image, back, middle - back @ middle, order=1, mode="grid-constant")
        np.testing.assert_allclose(moved, expected, atol=1e-4)


def test_channels_move_together_and_images_apart() -> None:
    colour = np.repeat(np.repeat(SQUARE[:1, None], 3, axis=1), 5, axis=0)  # (5, 3, 11, 11), all alike
    moved = RandomAffine(degrees=90, translate=(0.2, 0.2))(colour, rng())
    assert moved.shape == colour.shape
    for image in moved:
        np.testing.assert_array_equal(image[0], image[1])
    assert len(np.unique(moved[:, 0], axis=0)) == 5


def test_reproducible_and_inputs_unmodified() -> None:
    transform = RandomAffine(degrees=20, translate=(0.1, 0.1), scale=(0.8, 1.2), shear=10)
    before = IMAGES.copy()
    first, second, other = (transform(IMAGES, rng(seed)) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()
    np.testing.assert_array_equal(IMAGES, before)
    np.testing.assert_array_equal(transform(IMAGES[:, ::-1][:, ::-1], rng(3)), first)


def test_angles_fill_their_range() -> None:
    line = np.zeros((400, 31, 31), np.uint8)
    line[:, 15, 16:] = 255
    moved = RandomAffine(degrees=30)(line, rng()).astype(float)
    y = moved.sum(axis=2) @ np.arange(31) / moved.sum(axis=(1, 2)) - 15
    x = moved.sum(axis=1) @ np.arange(31) / moved.sum(axis=(1, 2)) - 15
    angles = np.rad2deg(np.arctan2(y, x))
    assert -31 < angles.min() < -27
    assert 27 < angles.max() < 31
    assert abs(angles.mean()) < 3


def test_lists_as_toml_gives_them() -> None:
    listed = RandomAffine(degrees=[-5, 5], translate=[0.1, 0.1], scale=[0.9, 1.1], shear=[-1, 1])  # type: ignore[arg-type]
    assert listed == RandomAffine(degrees=(-5, 5), translate=(0.1, 0.1), scale=(0.9, 1.1), shear=(-1, 1))


@pytest.mark.parametrize(
    "arguments",
    [
        {"degrees": -1},
        {"degrees": (5, -5)},
        {"degrees": (1, 2, 3)},
        {"degrees": float("nan")},
        {"degrees": "much"},
        {"translate": (0.1, 1.5)},
        {"translate": (0.1,)},
        {"translate": 0.1},
        {"scale": (0, 1)},
        {"scale": (2, 1)},
        {"shear": 90},
        {"shear": (1, 2, 3)},
    ],
)
def test_ranges_that_make_no_sense(arguments: dict[str, object]) -> None:
    with pytest.raises(ArgumentError, match="RandomAffine"):
        RandomAffine(**arguments)  # type: ignore[arg-type]


def test_wrong_shape() -> None:
    with pytest.raises(ShapeError, match=r"\(9, 12\)"):
        RandomAffine()(IMAGES[0], rng())


def test_bytes_are_rounded_to_the_nearest() -> None:
    transform = RandomAffine(degrees=20, scale=(0.8, 1.2))
    exact = transform(IMAGES.astype(np.float32), rng(2))
    np.testing.assert_array_equal(transform(IMAGES, rng(2)), np.rint(exact))
