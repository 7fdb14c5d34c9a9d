import numpy as np
import pytest

from handgrad.data import Dataset, Normalisation, Splits
from handgrad.errors import DataError

IMAGES = np.arange(10 * 4 * 4, dtype=np.uint8).reshape(10, 4, 4)
LABELS = np.arange(10) % 3


def test_attributes() -> None:
    data = Dataset(IMAGES, LABELS.astype(np.uint8), name="own", checksums={"a": "b"})
    assert (len(data), data.classes, data.input_shape, data.name) == (10, 3, (1, 4, 4), "own")
    assert data.labels.dtype == np.int64
    assert data.checksums == {"a": "b"}
    assert data.names == ("0", "1", "2")
    assert "10 images of (1, 4, 4)" in repr(data)


def test_bytes_are_kept_and_not_copied() -> None:
    assert np.shares_memory(Dataset(IMAGES, LABELS).images, IMAGES)


def test_colour_and_floats() -> None:
    data = Dataset(np.zeros((2, 3, 5, 7), np.float32), [0, 1], classes=5)
    assert data.input_shape == (3, 5, 7)
    assert data.classes == 5


def test_wider_integers_within_a_byte_become_bytes() -> None:
    assert Dataset(IMAGES.astype(np.int64), LABELS).images.dtype == np.uint8


def test_take_is_a_view_for_ranges_and_slices() -> None:
    data = Dataset(IMAGES, LABELS, classes=7, normalisation=Normalisation(0.5))
    for where in (slice(2, 8, 2), range(2, 8, 2)):
        part = data.take(where)
        assert np.shares_memory(part.images, IMAGES)
        np.testing.assert_array_equal(part.images, IMAGES[2:8:2])
        assert (part.classes, part.normalisation) == (7, Normalisation(0.5))
    np.testing.assert_array_equal(data.take([9, 0]).labels, [0, 0])
    np.testing.assert_array_equal(data.take(LABELS == 1).images, IMAGES[[1, 4, 7]])
    np.testing.assert_array_equal(data.take(range(9, -1, -3)).images, IMAGES[[9, 6, 3, 0]])
    assert len(data.take(range(-2, 0))) == 2


@pytest.mark.parametrize(
    ("images", "labels", "says"),
    [
        (IMAGES, LABELS[:9], "10 images and 9 labels"),
        (IMAGES[:0], LABELS[:0], "at least one image"),
        (IMAGES.reshape(10, 16), LABELS, r"\(10, 16\)"),
        (IMAGES.reshape(10, 1, 1, 4, 4), LABELS, r"\(10, 1, 1, 4, 4\)"),
        (IMAGES.astype(np.int64) - 1, LABELS, "outside 0 to 255"),
        (IMAGES.astype(str), LABELS, "pixels as bytes"),
        (IMAGES, LABELS.astype(float), "float64"),
        (IMAGES, np.eye(10, dtype=int), "argmax"),
        (IMAGES, LABELS - 1, "label 0: expected 0 or more, got -1"),
        (np.zeros((10, 0, 4), np.uint8), LABELS, r"\(10, 0, 4\)"),
    ],
)
def test_bad_arrays(images: np.ndarray, labels: np.ndarray, says: str) -> None:
    with pytest.raises(DataError, match=says):
        Dataset(images, labels)


def test_label_outside_the_classes_names_the_first() -> None:
    labels = LABELS.copy()
    labels[[4, 6]] = 3, 9
    with pytest.raises(DataError, match=r"own: label 4: expected 0 to 2, as there are 3 classes, got 3\."):
        Dataset(IMAGES, labels, classes=3, name="own")


@pytest.mark.parametrize(("value", "word"), [(np.nan, "NaN"), (np.inf, "infinity")])
def test_pixel_that_is_no_number_names_its_image(value: float, word: str) -> None:
    images = np.zeros((5000, 2, 2), np.float32)
    images[4321, 1, 0] = value
    with pytest.raises(DataError, match=f"image 4321: expected finite pixels, got {word}"):
        Dataset(images, np.zeros(5000, int))


def test_names_must_match_classes() -> None:
    with pytest.raises(DataError, match="3 classes"):
        Dataset(IMAGES, LABELS, names=("a", "b"))


def test_splits() -> None:
    data = Dataset(IMAGES, LABELS)
    splits = Splits(data, data.take(slice(5)), data.take(slice(2)))
    limited = splits.limit(train=3, validation=99)
    assert [len(limited.train), len(limited.validation), len(limited.test)] == [3, 5, 2]
    normalised = splits.with_normalisation(Normalisation(0.5))
    assert normalised.test.normalisation == normalised.train.normalisation == Normalisation(0.5)
    assert data.normalisation == Normalisation()
    with pytest.raises(DataError, match="at least 1"):
        splits.limit(test=0)
