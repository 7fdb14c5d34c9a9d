import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import ArgumentError
from handgrad.nn import layers_from_text
from tests.nn.layer_cases import CASES, make


@pytest.mark.parametrize(("text", "shape"), CASES.items())
def test_a_layer_says_the_shape_that_its_output_has(text, shape):
    x = np.random.default_rng(0).normal(size=(2, *shape)).astype("f")
    for training in (False, True):
        layer = hg.Sequential([make(text)], input_shape=shape)[0]
        y, _ = layer.forward(x, training=training, rng=np.random.default_rng(0))
        assert (2, *layer.output_shape(shape)) == y.shape
        assert y.dtype == np.float32


@pytest.mark.parametrize(("text", "shape"), CASES.items())
def test_backward_returns_the_shapes_of_x_and_of_every_parameter(text, shape):
    layer = hg.Sequential([make(text)], input_shape=shape)[0]
    y, cache = layer.forward(np.ones((2, *shape), "f"), training=True, rng=np.random.default_rng(0))
    dx, gradients = layer.backward(np.ones_like(y), cache)
    assert dx.shape == (2, *shape)
    found = {name: gradient.shape for name, gradient in gradients.items()}
    assert found == {name: parameter.shape for name, parameter in layer.parameters().items()}


@pytest.mark.parametrize("text", CASES)
def test_what_a_layer_prints_makes_it_again(text):
    layer = make(text)
    assert repr(layer) == text
    (again,) = layers_from_text([text])
    assert repr(again) == text
    assert type(again) is type(layer)


@pytest.mark.parametrize(("text", "shape"), CASES.items())
def test_a_settled_layer_prints_what_makes_its_twin(text, shape):
    settled = hg.Sequential([make(text)], seed=3, input_shape=shape)
    assert "None" not in repr(settled).replace("momentum=None", "")
    twin = hg.Sequential(layers_from_text([repr(settled[0])]), seed=3, input_shape=shape)
    ours, theirs = settled.state_dict(), twin.state_dict()
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_array_equal(ours[name], theirs[name])


@pytest.mark.parametrize(("text", "shape"), CASES.items())
def test_float64_networks_calculate_in_float64(text, shape):
    net = hg.Sequential([make(text)], input_shape=shape, dtype=np.float64)
    x = np.random.default_rng(0).normal(size=(2, *shape))
    y, cache = net.forward(x, training=True, rng=np.random.default_rng(0))
    dx, gradients = net.backward(y, cache)
    arrays = [y, dx, *gradients.values(), *net.state_dict().values()]
    assert {array.dtype for array in arrays} <= {np.dtype("f8"), np.dtype("i8")}
    assert y.dtype == np.float64


def test_the_values_of_a_float64_network_are_not_rounded_ones():
    for layer in (hg.Linear(5, 5), hg.Linear(None, 5)):
        net = hg.Sequential([layer], input_shape=(5,), dtype=np.float64)
        weight = net[0].weight.value
        assert (weight != weight.astype("f")).any()
        single = hg.Sequential([hg.Linear(5, 5)])[0].weight.value
        np.testing.assert_array_equal(weight.astype("f"), single)


class Odd(hg.Layer):
    def __init__(self, size, *more, hidden, table=None, flag=False, **options):
        self.size, self.table, self.flag = size, table, flag

    def forward(self, x, *, training=False, rng=None):
        return x, None


def test_repr_of_unusual_constructors():
    assert repr(Odd(3, hidden=1)) == "Odd(3, hidden=...)"
    assert repr(Odd("a", 1, hidden=1, flag=True)) == "Odd('a', hidden=..., flag=True)"
    assert repr(Odd(3, hidden=1, table=np.arange(3))) == "Odd(3, hidden=..., table=array([0, 1, 2]))"


def test_the_base_class_names_what_a_subclass_lacks():
    class Lazy(hg.Layer):
        pass

    with pytest.raises(NotImplementedError, match=r"Lazy does not define forward\(x"):
        Lazy().forward(np.ones((1, 1)))
    with pytest.raises(NotImplementedError, match=r"Lazy does not define backward\(dy"):
        Lazy().backward(np.ones((1, 1)), None)


def test_a_forward_without_a_cache_is_named():
    class Forgetful(hg.Layer):
        def forward(self, x, *, training=False, rng=None):
            return x

    with pytest.raises(ArgumentError, match=r"Forgetful\(\): expected forward to return \(y, cache\)"):
        Forgetful().output_shape((3,))
