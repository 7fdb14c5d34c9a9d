import json

import numpy as np
import pytest

from handgrad.data import Normalisation
from handgrad.errors import ArgumentError, ShapeError

BYTES = np.arange(2 * 3 * 4 * 5, dtype=np.uint8).reshape(2, 3, 4, 5)


def test_plain_bytes_are_divided_by_255_exactly_in_float32() -> None:
    every = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    x = Normalisation().apply(every)
    assert x.shape == (1, 1, 16, 16)
    assert x.dtype == np.float32
    assert x.flags.c_contiguous
    assert [float(v) for v in x.ravel()] == [float(np.float32(v) / np.float32(255)) for v in range(256)]


def test_mean_and_std_by_channel_match_float64() -> None:
    mean, std = (0.1, 0.5, 0.9), (0.5, 1.0, 2.0)
    x = Normalisation(mean, std).apply(BYTES)
    for channel in range(3):
        exact = (BYTES[:, channel] / 255.0 - mean[channel]) / std[channel]
        np.testing.assert_allclose(x[:, channel], exact, rtol=1e-5, atol=1e-6)


def test_one_of_the_two_may_be_a_single_number() -> None:
    x = Normalisation(0.5, (1.0, 2.0, 4.0)).apply(BYTES)
    np.testing.assert_allclose(x[:, 2], (BYTES[:, 2] / 255.0 - 0.5) / 4, rtol=1e-5, atol=1e-6)


def test_floats_are_not_divided_and_not_modified() -> None:
    images = np.linspace(0, 1, 36, dtype=np.float64).reshape(1, 6, 6)
    before = images.copy()
    x = Normalisation(mean=0.25).apply(images)
    np.testing.assert_allclose(x[0, 0], before[0] - 0.25, atol=1e-6)
    np.testing.assert_array_equal(images, before)


def test_float32_comes_out_as_a_copy() -> None:
    images = np.ones((1, 1, 2, 2), np.float32)
    Normalisation().apply(images)[:] = 7
    assert images.max() == 1


def test_non_contiguous_images() -> None:
    strided = BYTES[::-1, :, ::2, ::-1]
    np.testing.assert_array_equal(Normalisation().apply(strided), Normalisation().apply(strided.copy()))


@pytest.mark.parametrize("norm", [Normalisation(0.1, 0.3), Normalisation((0.1, 0.2), (1.0, 2.0))])
def test_round_trip_through_json(norm: Normalisation) -> None:
    assert Normalisation.from_dict(json.loads(json.dumps(norm.to_dict()))) == norm


def test_equal_and_hashable_whatever_the_numbers_came_as() -> None:
    assert Normalisation([0.5, 1], 1) == Normalisation((0.5, 1.0), 1.0)  # type: ignore[arg-type]
    assert len({Normalisation(0, 1), Normalisation(0.0, 1.0)}) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        {"std": 0},
        {"std": (1.0, 0.0)},
        {"mean": float("nan")},
        {"mean": "x"},
        {"mean": ()},
        {"mean": (1.0, 2.0), "std": (1.0, 2.0, 3.0)},
    ],
)
def test_numbers_that_make_no_sense(arguments: dict[str, object]) -> None:
    with pytest.raises(ArgumentError, match="Normalisation"):
        Normalisation(**arguments)  # type: ignore[arg-type]


def test_unknown_key() -> None:
    with pytest.raises(ArgumentError, match="deviation"):
        Normalisation.from_dict({"deviation": 1})


def test_wrong_channels_and_wrong_dimensions() -> None:
    with pytest.raises(ShapeError, match="2 channels"):
        Normalisation((0.1, 0.2)).apply(BYTES)
    with pytest.raises(ShapeError, match=r"\(28, 28\)"):
        Normalisation().apply(np.zeros((28, 28), np.uint8))
