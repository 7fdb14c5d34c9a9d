import numpy as np
import pytest

from handgrad.courses.cmu10601.cnn_lenet import (
    pooling_backward,
    pooling_layer_backward,
    pooling_layer_forward,
)
from handgrad.errors import ArgumentError, ShapeError
from tests.courses.cmu10601.made import feature_map, frozen, images, slopes, with_diff

LAYERS = [
    {"type": "POOLING", "k": 2, "stride": 2, "pad": 0},
    {"type": "POOLING", "k": 3, "stride": 1, "pad": 0},
]


@pytest.mark.parametrize("layer", LAYERS)
def test_forward_takes_the_largest_of_each_window(layer):
    input = feature_map(6, 5, 3, 70)  # more images than are taken at once
    output = pooling_layer_forward(input, layer)
    k, stride, maps = layer["k"], layer["stride"], images(input)
    h_out, w_out = (6 - k) // stride + 1, (5 - k) // stride + 1
    assert (output["height"], output["width"], output["channel"]) == (h_out, w_out, 3)
    assert (output["batch_size"], output["data"].shape) == (70, (h_out * w_out * 3, 70))
    for u in range(h_out):
        for v in range(w_out):
            window = maps[u * stride : u * stride + k, v * stride : v * stride + k]
            np.testing.assert_array_equal(images(output)[u, v], window.max(axis=(0, 1)))


@pytest.mark.parametrize("layer", LAYERS)
def test_backward_is_the_slope(layer):
    input = feature_map(6, 5, 3, 2)
    output = with_diff(pooling_layer_forward(input, layer))
    frozen(output)

    def value():
        return (pooling_layer_forward(input, layer)["data"] * output["diff"]).sum()

    found = pooling_layer_backward(output, input, layer)
    assert found.shape == input["data"].shape
    np.testing.assert_allclose(found, slopes(input["data"], value), rtol=0, atol=1e-8)


def test_of_equal_maxima_the_first_receives_the_gradient():
    input = feature_map(2, 2, 1, 1) | {"data": np.full((4, 1), 7.0)}
    layer = {"type": "POOLING", "k": 2, "stride": 1, "pad": 0}
    output = pooling_layer_forward(input, layer) | {"diff": np.array([[3.0]])}
    assert pooling_layer_backward(output, input, layer).T.tolist() == [[3.0, 0.0, 0.0, 0.0]]


def test_a_negative_map_is_not_beaten_by_what_is_padded():
    input = feature_map(2, 2, 1, 1) | {"data": np.full((4, 1), -7.0)}
    layer = {"type": "POOLING", "k": 2, "stride": 1, "pad": 1}
    assert (pooling_layer_forward(input, layer)["data"] == -7.0).all()


def test_mistakes_are_named():
    input, layer = feature_map(6, 5, 3, 2), LAYERS[0]
    with pytest.raises(ShapeError, match=r"data of shape .* = \(90, 2\)"):
        pooling_layer_forward(input | {"data": np.zeros((2, 90))}, layer)
    with pytest.raises(ArgumentError, match="a POOLING layer with the key 'k'"):
        pooling_layer_forward(input, {"type": "POOLING", "stride": 2})
    output = with_diff(pooling_layer_forward(input, layer))
    with pytest.raises(ShapeError, match="dy of shape"):
        pooling_layer_backward(output, input, {"k": 3, "stride": 3, "pad": 0})


def test_the_documents_other_name():
    assert pooling_backward is pooling_layer_backward
