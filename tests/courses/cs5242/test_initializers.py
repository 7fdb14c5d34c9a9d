import numpy as np
import pytest

from handgrad.courses.cs5242 import MSRA, Gaussian, Guassian, Initializer, Uniform, Xavier
from handgrad.errors import ArgumentError


def drawn(initializer, size):
    np.random.seed(11)
    return initializer.initialize(size)


def test_they_draw_from_numpys_global_state():
    np.random.seed(11)
    np.testing.assert_array_equal(
        drawn(Guassian(1, 2), (3, 4)), np.random.RandomState(11).normal(1, 2, (3, 4))
    )
    np.testing.assert_array_equal(drawn(Uniform(-2, 5), 7), np.random.RandomState(11).uniform(-2, 5, 7))
    np.testing.assert_array_equal(drawn(Uniform(), 7), np.random.RandomState(11).uniform(0, 1, 7))


def test_both_spellings_are_one_class():
    assert Gaussian is Guassian
    assert (Guassian().mean, Guassian().std) == (0, 0.1)


def test_spread_by_the_number_of_inputs():
    values = drawn(Xavier(fan_in=30, fan_out=20), (300, 200))
    bound = (6 / 50) ** 0.5
    assert 0.99 * bound < abs(values).max() <= bound
    normal = drawn(MSRA(fan_in=50), (300, 200))
    assert normal.std() == pytest.approx(0.2, rel=0.01)
    assert abs(normal.mean()) < 0.01
    assert abs(values.mean()) < 0.01
    assert values.dtype == np.float64


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: MSRA(0), "MSRA: expected fan_in"),
        (lambda: MSRA(-3), "MSRA: expected fan_in"),
        (lambda: Xavier(0, 0), "Xavier: expected fan_in"),
        (lambda: Xavier(3, -3), "Xavier: expected fan_out"),
    ],
)
def test_a_layer_without_inputs_has_no_spread(make, name):
    with pytest.raises(ArgumentError, match=rf"{name} of at least 1, got (0|-3)\. Hint: count the inputs"):
        make()


def test_an_own_initializer_must_say_what_it_does():
    with pytest.raises(NotImplementedError):
        Initializer().initialize(3)
