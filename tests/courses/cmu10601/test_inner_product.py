import numpy as np
import pytest

from handgrad.courses.cmu10601.cnn_lenet import (
    inner_product_backward,
    inner_product_forward,
    inner_product_layer_backward,
)
from handgrad.errors import ArgumentError, ShapeError
from tests.courses.cmu10601.made import feature_map, frozen, slopes, with_diff

LAYER = {"type": "IP", "num": 4, "init_type": "uniform"}


def made():
    rng = np.random.default_rng(5)
    return feature_map(2, 3, 2, 5), {"w": rng.normal(size=(12, 4)), "b": rng.normal(size=4)}


def test_forward_is_a_sum_of_products():
    input, param = made()
    output = inner_product_forward(input, LAYER, param)
    expected = np.einsum("io,in->on", param["w"], input["data"]) + param["b"][:, None]
    np.testing.assert_allclose(output["data"], expected, rtol=0, atol=1e-12)
    sizes = (output["height"], output["width"], output["channel"], output["batch_size"])
    assert sizes == (1, 1, 4, 5)


def test_backward_is_the_slope_summed_over_the_batch():
    input, param = made()
    output = with_diff(inner_product_forward(input, LAYER, param))
    grad, input_od = inner_product_backward(output, input, LAYER, param)

    def value():
        return (inner_product_forward(input, LAYER, param)["data"] * output["diff"]).sum()

    for found, array in ((grad["w"], param["w"]), (grad["b"], param["b"]), (input_od, input["data"])):
        assert found.shape == array.shape
        np.testing.assert_allclose(found, slopes(array, value), rtol=0, atol=1e-7)


def test_arguments_are_left_alone():
    input, param = made()
    output = with_diff(inner_product_forward(input, LAYER, param))
    frozen(input, param, output)
    inner_product_forward(input, LAYER, param)
    inner_product_backward(output, input, LAYER, param)


def test_mistakes_are_named():
    input, param = made()
    with pytest.raises(ShapeError, match=r"w of shape \(h\*w\*c, num\) = \(12, 4\), got \(4, 12\)"):
        inner_product_forward(input, LAYER, param | {"w": param["w"].T})
    output = inner_product_forward(input, LAYER, param) | {"diff": np.zeros((5, 4))}
    with pytest.raises(ShapeError, match=r"diff of shape .* = \(4, 5\)"):
        inner_product_backward(output, input, LAYER, param)
    with pytest.raises(ArgumentError, match="an IP layer with the key 'num'"):
        inner_product_forward(input, {"type": "IP"}, param)


def test_the_documents_other_name():
    assert inner_product_layer_backward is inner_product_backward
