import numpy as np
import pytest

import handgrad as hg


def test_a_value_is_copied_and_brought_to_a_float():
    given = np.array([1, 2])
    parameter = hg.Parameter(given)
    parameter.value[0] = 9
    assert given.tolist() == [1, 2]
    assert parameter.value.dtype == np.float32
    assert hg.Parameter([0.1]).value.dtype == np.float32
    assert hg.Parameter(np.array([0.1])).value.dtype == np.float64


def test_a_drawn_value_is_drawn_once_when_it_is_needed():
    calls = []

    def draw(rng):
        calls.append(1)
        return rng.normal(size=3)

    parameter = hg.Parameter(draw=draw)
    assert not calls
    first = parameter.value
    assert parameter.value is first
    assert len(calls) == 1
    np.testing.assert_array_equal(first, np.random.default_rng((0,)).normal(size=3).astype("f"))
    other = hg.Parameter(draw=draw)
    other.seed((5, 2))
    np.testing.assert_array_equal(other.value, np.random.default_rng((5, 2)).normal(size=3).astype("f"))


def test_precision_can_change():
    parameter = hg.Parameter([1.0, 2.0])
    parameter.astype(np.float64)
    assert parameter.value.dtype == np.float64
    assert repr(parameter) == "Parameter(shape=(2,), dtype=float64)"
    whole, real = hg.Buffer(np.array(3)), hg.Buffer(np.array(3.0, "f"))
    for buffer in (whole, real):
        buffer.astype(np.float64)
    assert whole.value.dtype == np.int64
    assert real.value.dtype == np.float64


def test_neither_value_nor_draw():
    with pytest.raises(TypeError, match="a value or a function that draws one"):
        _ = hg.Parameter().value
