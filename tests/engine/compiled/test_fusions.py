"""Layers that one kernel runs together compute what they compute one by one: to the bit, ties included.

All numbers are small whole numbers, so float32 has every sum exactly and in any order; and few different
ones, so that windows have several largest pixels and many numbers are exactly 0. Batches are powers of two,
as the loss divides by them.
"""

from typing import Any

import numpy as np
import pytest

import handgrad as hg
from tests.engine.compiled.agreement import trio

IMAGES = [1, 8, 16, 32]  # less than the lanes, just the lanes, several times the lanes

POOLS: dict[str, Any] = {
    "none": None,
    "max-exact": lambda: hg.MaxPool2d(2),
    "max-left-over": lambda: hg.MaxPool2d((3, 2)),
    "max-apart": lambda: hg.MaxPool2d(2, stride=3),
    "max-overlapping": lambda: hg.MaxPool2d(3, stride=2),
    "max-stride-1": lambda: hg.MaxPool2d((2, 3), stride=1),
    "max-padded": lambda: hg.MaxPool2d(3, stride=2, padding=1),
    "max-padded-left-over": lambda: hg.MaxPool2d(2, padding=(1, 0)),
    "avg-exact": lambda: hg.AvgPool2d(2),
    "avg-left-over": lambda: hg.AvgPool2d((4, 2)),
    "avg-apart": lambda: hg.AvgPool2d(2, stride=3),
    "avg-overlapping": lambda: hg.AvgPool2d(4, stride=2),
    "avg-padded": lambda: hg.AvgPool2d(2, stride=1, padding=1),
}  # average windows of powers of two, so that the mean is exact too


def whole(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.integers(-2, 3, shape).astype(np.float32)


def exactly_equal(layers: Any, x: np.ndarray, seed: int = 0) -> None:
    """Outputs, loss and gradients, with weights that are whole numbers."""
    runs, rng = trio(layers, x.shape[1:], loss=hg.EuclideanLoss()), np.random.default_rng(seed)
    weights = {name: whole(rng, *array.shape) for name, array in runs.single.network.state_dict().items()}
    for run in runs:
        run.network.load_state_dict(weights)
    y = runs.double.predict(x)
    np.testing.assert_array_equal(runs.compiled.predict(x), y)
    targets = y + whole(rng, *y.shape)
    expected, found = runs.double.gradients(x, targets), runs.compiled.gradients(x, targets)
    for name in expected:
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)
    assert runs.compiled.train_step(x, targets).loss == runs.double.train_step(x, targets).loss
    assert runs.compiled.fallbacks == []


def between(*layers: Any) -> list[hg.Layer]:
    """Those that are there."""
    return [make() for make in layers if make is not None]


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("relu", [None, hg.ReLU], ids=["", "relu"])
def test_convolution_with_what_follows(pool: str, relu: Any):
    """As the first layer, whose dx nobody needs, and as the second: two different ways back."""
    x = whole(np.random.default_rng(1), 16, 2, 7, 5)
    for first in (None, lambda: hg.Conv2d(2, 2, 1)):
        exactly_equal(
            lambda first=first: between(first, lambda: hg.Conv2d(2, 2, 3, padding=1), relu, POOLS[pool]), x
        )


@pytest.mark.parametrize("images", IMAGES)
def test_any_number_of_images(images: int):
    x = whole(np.random.default_rng(2), images, 1, 6, 6)
    exactly_equal(
        lambda: [
            hg.Conv2d(1, 2, 3),
            hg.ReLU(),
            hg.MaxPool2d(2),
            hg.Flatten(),
            hg.Linear(8, 3),
            hg.ReLU(),
            hg.Linear(3, 2),
        ],
        x,
    )


@pytest.mark.parametrize("first", ["relu", ""])
@pytest.mark.parametrize("second", ["relu", ""])
def test_linear_layers_with_what_follows(first: str, second: str):
    """Behind a ReLU the next layer's way back carries its mask; the last has none behind it."""
    x = whole(np.random.default_rng(3), 32, 5)
    exactly_equal(
        lambda: between(
            lambda: hg.Linear(5, 7),
            hg.ReLU if first else None,
            lambda: hg.Linear(7, 18),
            hg.ReLU if second else None,
        ),
        x,
    )


def test_a_linear_layer_on_rows_of_maps_before_one_on_all_of_them():
    x = whole(np.random.default_rng(4), 8, 3, 5)
    exactly_equal(lambda: [hg.Linear(5, 4), hg.ReLU(), hg.Flatten(), hg.Linear(12, 2)], x)


@pytest.mark.parametrize("kind", [hg.MaxPool2d, hg.AvgPool2d])
def test_pools_upon_pools(kind: Any):
    """Neighbouring windows share their largest pixel, so those of the second pool tie."""
    x = whole(np.random.default_rng(5), 8, 1, 9, 9)
    exactly_equal(lambda: [hg.Conv2d(1, 2, 2), kind(2, stride=1), hg.ReLU(), kind(2, stride=1), kind(2)], x)


WINDOWS: dict[str, dict[str, Any]] = {
    "taller than map and padding": {"kernel_size": (5, 2), "stride": 3, "padding": (2, 0)},
    "wider than map and padding": {"kernel_size": (2, 5), "stride": 3, "padding": (0, 2)},
    "larger than the map": {"kernel_size": 7, "padding": 3},
    "larger than the map, all rows padded": {"kernel_size": 3, "padding": 6},
    "hardly on the map": {"kernel_size": 3, "padding": 33},
    "hardly on the map, with gaps": {"kernel_size": 2, "stride": 3, "padding": 5},
    "a long row": {"kernel_size": (1, 4), "stride": (1, 2), "padding": (0, 35)},
}


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("maps", [(2, 2), (2, 5)], ids=["2x2", "2x5"])
def test_windows_that_reach_far_over_the_edges(name: str, maps: tuple[int, int]):
    """Also so far that some see nothing but padding."""
    options = WINDOWS[name]
    x = whole(np.random.default_rng(6), 4, 2, *maps)
    exactly_equal(lambda: [hg.Conv2d(2, 2, 1), hg.Conv2d(2, 4, **options, groups=2), hg.ReLU()], x)


@pytest.mark.filterwarnings("ignore:no kernel for layer 2, MaxPool2d")
def test_a_window_with_more_pixels_than_a_byte_has_numbers():
    """Kernels keep in a byte which pixel of a window won; here it is number 255 in one, 259 in the other."""
    x = np.zeros((2, 1, 16, 17), np.float32)
    x[0, 0, 15, 0] = x[1, 0, 15, 4] = 1
    runs = trio(
        lambda: [hg.Conv2d(1, 1, 1), hg.ReLU(), hg.MaxPool2d((16, 17))], (1, 16, 17), loss=hg.EuclideanLoss()
    )
    for run in runs:
        run.network.load_state_dict({"0.weight": np.full((1, 1, 1, 1), 2), "0.bias": np.ones(1)})
    found, expected = (run.gradients(x, np.zeros((2, 1, 1, 1), "f")) for run in (runs.compiled, runs.double))
    assert expected["0.weight"].item() == expected["0.bias"].item() == 3
    assert (found["0.weight"].item(), found["0.bias"].item()) == (3, 3)
