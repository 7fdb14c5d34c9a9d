import numpy as np
import pytest

from handgrad.data import Dataset, Normalisation, batch, shuffled_indices
from handgrad.errors import ArgumentError, DataError

IMAGES = np.random.default_rng(0).integers(0, 256, (20, 5, 5), dtype=np.uint8)
DATA = Dataset(IMAGES, np.arange(20) % 4, normalisation=Normalisation(0.25, 0.5))


@pytest.mark.parametrize(
    "indices", [range(3, 9), [5, 3, 3, -1], np.array([19, 0], np.int32), slice(2, 12, 3), range(19, 3, -4)]
)
def test_batch(indices: object) -> None:
    positions = np.arange(20)[indices if not isinstance(indices, range) else list(indices)]  # type: ignore[index]
    x, targets = batch(DATA, indices)  # type: ignore[arg-type]
    assert x.shape == (len(positions), 1, 5, 5)
    assert (x.dtype, targets.dtype) == (np.float32, np.int64)
    np.testing.assert_allclose(x[:, 0], (IMAGES[positions] / 255.0 - 0.25) / 0.5, atol=1e-6)
    np.testing.assert_array_equal(targets, positions % 4)


def test_batch_is_a_copy() -> None:
    floats = Dataset(np.zeros((4, 2, 2), np.float32), [0, 0, 0, 1])
    x, targets = batch(floats, range(4))
    x += 1
    targets += 1
    assert floats.images.max() == 0
    assert floats.labels.max() == 1


@pytest.mark.parametrize("indices", [range(18, 21), [20], [-21], np.array([5, 99])])
def test_out_of_range(indices: object) -> None:
    with pytest.raises(DataError, match="positions from 0 to 19"):
        batch(DATA, indices)  # type: ignore[arg-type]


@pytest.mark.parametrize("indices", [range(0), [], slice(5, 5), np.zeros(20, bool)])
def test_empty(indices: object) -> None:
    with pytest.raises(DataError, match="at least one image"):
        batch(DATA, indices)  # type: ignore[arg-type]


@pytest.mark.parametrize("indices", [[0.5], [[0, 1]], ["a"]])
def test_no_positions(indices: object) -> None:
    with pytest.raises(DataError, match="list of integers"):
        batch(DATA, indices)  # type: ignore[arg-type]


def test_shuffling_is_a_function_of_seed_and_epoch() -> None:
    order = shuffled_indices(1000, seed=3, epoch=1)
    assert order.dtype == np.int64
    np.testing.assert_array_equal(np.sort(order), np.arange(1000))
    np.testing.assert_array_equal(order, shuffled_indices(1000, seed=3, epoch=1))
    for other in ({"seed": 3, "epoch": 2}, {"seed": 1, "epoch": 3}, {"seed": 4, "epoch": 1}):
        assert (order != shuffled_indices(1000, **other)).mean() > 0.9


def test_shuffling_is_not_the_stream_of_the_bare_seed() -> None:
    assert (shuffled_indices(1000, seed=3, epoch=0) != np.random.default_rng(3).permutation(1000)).any()


def test_negative_numbers() -> None:
    with pytest.raises(ArgumentError, match="0 or more"):
        shuffled_indices(5, seed=-1, epoch=0)
