import numpy as np
import pytest

from handgrad.data.parts import Part, Parts, square_images
from handgrad.errors import DataError


def test_last_images_are_held_out_as_views(tiny: Parts) -> None:
    train, validation = tiny.held_out(10, "tiny")
    np.testing.assert_array_equal(validation.images, tiny.train.images[26:])
    np.testing.assert_array_equal(train.labels, tiny.train.labels[:26])
    assert np.shares_memory(train.images, tiny.train.images)


def test_a_sixth_without_another_word(tiny: Parts) -> None:
    assert len(tiny.held_out(None, "tiny")[1].labels) == 6


def test_own_validation_split_is_kept_or_divided_anew(tiny: Parts) -> None:
    parts = Parts(tiny.train.sliced(0, 30), tiny.test, tiny.train.sliced(30, 36))
    for held_out in (None, 6):
        train, validation = parts.held_out(held_out, "tiny")
        assert train is parts.train
        assert validation is parts.validation
    train, validation = parts.held_out(9, "tiny")
    np.testing.assert_array_equal(train.images, tiny.train.images[:27])
    np.testing.assert_array_equal(validation.labels, tiny.train.labels[27:])


@pytest.mark.parametrize("held_out", [0, 36, -1, 99])
def test_nothing_left(tiny: Parts, held_out: int) -> None:
    with pytest.raises(DataError, match="1 to 35 validation images"):
        tiny.held_out(held_out, "tiny")


def test_splits_that_do_not_fit_together(tiny: Parts) -> None:
    images, labels = tiny.test
    for bad, says in [
        (Part(images[:, :5], labels), r"\(test\).*got uint8 of \(5, 6\)"),
        (Part(images.astype(float), labels), "float64"),
        (Part(images, labels[:-1]), "12 images and 11 labels"),
        (Part(images, labels.astype(float)), "float64"),
        (Part(images[:0], labels[:0]), "at least one"),
    ]:
        with pytest.raises(DataError, match=says):
            Parts(tiny.train, bad).check("tiny")
        with pytest.raises(DataError, match=says.replace("test", "validation")):
            Parts(tiny.train, tiny.test, bad).check("tiny")


def test_square_images_of_rows() -> None:
    assert square_images(np.zeros((2, 784)), "x").shape == (2, 28, 28)
    assert square_images(np.zeros((2, 3, 4)), "x").shape == (2, 3, 4)
