import numpy as np
import pytest

from handgrad.courses.hw5.shapes import expect, real
from handgrad.errors import ShapeError


def test_floats_stay_what_they_are():
    for dtype in (np.float32, np.float64):
        array = np.ones(2, dtype)
        assert real(array) is array
    assert (
        real(np.ones(2, bool)).dtype == real([1, 2]).dtype == real(np.ones(2, np.float16)).dtype == np.float64
    )


def test_a_shape_of_one_dimension_reads_as_in_the_document():
    with pytest.raises(ShapeError, match=r"y of shape \(batch_size,\), got \(2, 2\)"):
        expect("somewhere", "y", np.zeros((2, 2)), "batch_size")
    assert expect("somewhere", "y", np.zeros(3), "batch_size").shape == (3,)
