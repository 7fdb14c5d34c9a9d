import numpy as np
import pytest

from handgrad.errors import ArgumentError
from handgrad.exchange.onnx_layers import CONVERTERS, kind_of, refuse_own_layers
from handgrad.nn import Conv2d, Layer, ReLU, Sequential
from handgrad.nn import architecture as known
from tests.exchange.networks import LAYERS


class Own(Layer):
    def forward(self, x, *, training=False, rng=None):
        return 2 * x, None


class OwnReLU(ReLU):
    def forward(self, x, *, training=False, rng=None):
        return np.minimum(x, 0), None


class Residual(Sequential):
    def forward(self, x, *, training=False, rng=None):
        y, cache = super().forward(x, training=training, rng=rng)
        return x + y, cache


class Backwards(Sequential):
    def walk(self, x, *, training=False, rng=None):
        for layer in reversed(self.layers):
            x, cache = layer.forward(x)
            yield x, cache


class Block(Sequential):
    def __init__(self, channels):
        super().__init__([Conv2d(channels, channels, 3), ReLU()])


def test_every_layer_has_its_node():
    assert {*CONVERTERS, Sequential} == {*known.LAYERS.values(), Sequential}


def test_the_table_of_networks_uses_every_layer():
    def kinds(layers):
        for layer in layers:
            yield type(layer)
            yield from kinds(layer) if isinstance(layer, Sequential) else ()

    used = {kind for make in LAYERS.values() for kind in kinds(make(3))}
    assert used == {*CONVERTERS, Sequential}


@pytest.mark.parametrize("layer", [Own(), OwnReLU(), Residual([]), Backwards([])])
def test_a_layer_of_ones_own_is_refused_by_name(layer):
    with pytest.raises(ArgumentError, match=r"^export_onnx: layer 1\.2, .*Hint: build it from") as caught:
        refuse_own_layers(Sequential([ReLU(), Sequential([ReLU(), ReLU(), layer])]))
    assert f"got {type(layer).__name__}, whose forward is your own" in str(caught.value)


def test_the_network_itself_may_be_ones_own():
    with pytest.raises(ArgumentError, match=r"^export_onnx: the network, "):
        refuse_own_layers(Residual([ReLU()]))


def test_a_subclass_that_inherits_its_forward_is_what_it_was():
    assert kind_of(Block(3)) is Sequential
    refuse_own_layers(Sequential([Block(3)]))
