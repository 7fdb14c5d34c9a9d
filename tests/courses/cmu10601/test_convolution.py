import copy

import numpy as np
import pytest

from handgrad.courses.cmu10601.cnn_lenet import (
    col2im,
    col2im_conv,
    conv_layer_backward,
    conv_layer_forward,
    im2col_conv,
)
from handgrad.errors import ArgumentError, ShapeError
from tests.courses.cmu10601.made import feature_map, frozen, images, slopes, with_diff

LAYERS = [
    {"type": "CONV", "num": 3, "k": 2, "stride": 1, "pad": 0, "group": 1},
    {"type": "CONV", "num": 4, "k": 3, "stride": 2, "pad": 1, "group": 2},
    {"type": "CONV", "num": 2, "k": 1, "stride": 1, "pad": 2, "group": 1},
]


def made(layer, batch=3):
    input = feature_map(5, 6, 2, batch)
    rng = np.random.default_rng(7)
    shape = (layer["k"] ** 2 * 2 // layer["group"], layer["num"])
    return input, {"w": rng.normal(size=shape), "b": rng.normal(size=layer["num"])}


def by_loops(input, layer, param):
    """The definition in the course's own layout: rows of w in (row, column, channel) order."""
    k, stride, pad, group, num = (layer[key] for key in ("k", "stride", "pad", "group", "num"))
    padded = np.pad(images(input), ((pad, pad), (pad, pad), (0, 0), (0, 0)))
    height, width, channel, batch = padded.shape
    h_out, w_out, few = (height - k) // stride + 1, (width - k) // stride + 1, channel // group
    output = np.zeros((h_out, w_out, num, batch))
    for u, v, o, n in np.ndindex(output.shape):
        first = o // (num // group) * few
        total = param["b"][o]
        for i in range(k):
            for j in range(k):
                for c in range(few):
                    pixel = padded[u * stride + i, v * stride + j, first + c, n]
                    total += param["w"][(i * k + j) * few + c, o] * pixel
        output[u, v, o, n] = total
    return output


@pytest.mark.parametrize("layer", LAYERS)
def test_forward_is_the_definition(layer):
    input, param = made(layer)
    expected = by_loops(input, layer, param)
    output = conv_layer_forward(input, layer, param)
    assert {key: output[key] for key in output if key != "data"} == {
        "height": expected.shape[0],
        "width": expected.shape[1],
        "channel": layer["num"],
        "batch_size": 3,
    }
    assert output["data"].shape == (expected.size // 3, 3)
    assert output["data"].dtype == np.float64
    np.testing.assert_allclose(images(output), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("layer", LAYERS)
def test_backward_is_the_slope_summed_over_the_batch(layer):
    input, param = made(layer)
    output = with_diff(conv_layer_forward(input, layer, param))
    grad, input_od = conv_layer_backward(output, input, layer, param)

    def value():
        return (conv_layer_forward(input, layer, param)["data"] * output["diff"]).sum()

    for found, array in ((grad["w"], param["w"]), (grad["b"], param["b"]), (input_od, input["data"])):
        assert found.shape == array.shape
        np.testing.assert_allclose(found, slopes(array, value), rtol=0, atol=1e-7)


def test_many_images_are_as_few():
    """More than are unrolled at once."""
    layer = LAYERS[1]
    input, param = made(layer, batch=150)
    output = with_diff(conv_layer_forward(input, layer, param))
    grad, input_od = conv_layer_backward(output, input, layer, param)
    total = total_b = 0
    for n in (0, 63, 64, 149):
        one = input | {"batch_size": 1, "data": input["data"][:, n : n + 1]}
        np.testing.assert_allclose(
            conv_layer_forward(one, layer, param)["data"][:, 0], output["data"][:, n], atol=1e-13
        )
    for n in range(150):
        one = input | {"batch_size": 1, "data": input["data"][:, n : n + 1]}
        back = output | {"batch_size": 1, "diff": output["diff"][:, n : n + 1]}
        one_grad, one_od = conv_layer_backward(back, one, layer, param)
        total, total_b = total + one_grad["w"], total_b + one_grad["b"]
        np.testing.assert_allclose(one_od[:, 0], input_od[:, n], atol=1e-12)
    np.testing.assert_allclose(total, grad["w"], atol=1e-11)
    np.testing.assert_allclose(total_b, grad["b"], atol=1e-11)


def test_arguments_are_left_alone_and_single_precision_is_widened():
    layer = LAYERS[0]
    input, param = made(layer)
    output = with_diff(conv_layer_forward(input, layer, param))
    before = copy.deepcopy((output, input, param))
    frozen(output, input, param)
    conv_layer_forward(input, layer, param)
    conv_layer_backward(output, input, layer, param)
    for one, other in zip(before, (output, input, param), strict=True):
        assert one.keys() == other.keys()
        assert all(np.array_equal(one[key], other[key]) for key in one)
    single = input | {"data": input["data"].astype(np.float32)}
    assert conv_layer_forward(single, layer, param)["data"].dtype == np.float64


def test_a_bias_of_another_layout_keeps_it():
    input, param = made(LAYERS[0])
    param["b"] = param["b"].reshape(1, -1)
    output = with_diff(conv_layer_forward(input, LAYERS[0], param))
    assert conv_layer_backward(output, input, LAYERS[0], param)[0]["b"].shape == (1, 3)


@pytest.mark.parametrize(("k", "stride", "pad", "out"), [(3, 1, 0, (3, 4)), (2, 2, 1, (3, 4))])
def test_im2col_writes_windows_as_columns(k, stride, pad, out):
    layer = {"k": k, "stride": stride, "pad": pad}
    input = feature_map(5, 6, 2, 1)
    one = input | {"data": input["data"][:, 0]}
    col = im2col_conv(one, layer, *out)
    padded = np.pad(images(input)[..., 0], ((pad, pad), (pad, pad), (0, 0)))
    assert col.shape == (k * k * 2, out[0] * out[1])
    for u in range(out[0]):
        for v in range(out[1]):
            window = padded[u * stride : u * stride + k, v * stride : v * stride + k, :]
            np.testing.assert_array_equal(col[:, u * out[1] + v], window.ravel())


@pytest.mark.parametrize(("k", "stride", "pad", "out"), [(3, 1, 0, (3, 4)), (2, 2, 1, (3, 4))])
def test_col2im_is_the_adjoint(k, stride, pad, out):
    """<im2col(x), c> = <x, col2im(c)> for every x and c."""
    layer = {"k": k, "stride": stride, "pad": pad}
    rng = np.random.default_rng(3)
    input = {"height": 5, "width": 6, "channel": 2, "data": rng.normal(size=60)}
    col = rng.normal(size=(k * k * 2, out[0] * out[1]))
    back = col2im_conv(col, input, layer, *out)
    assert back.shape == (60,)
    np.testing.assert_allclose(
        (im2col_conv(input, layer, *out) * col).sum(), back @ input["data"], rtol=1e-12
    )


def test_the_published_name():
    assert col2im is im2col_conv


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"data": np.zeros((59, 3))}, r"\(height\*width\*channel, batch_size\) = \(60, 3\)"),
        ({"batch_size": 4}, r"= \(60, 4\)"),
        ({"data": np.zeros(60)}, r"= \(60, 3\)"),
    ],
)
def test_data_of_another_shape(change, expected):
    input, param = made(LAYERS[0])
    with pytest.raises(ShapeError, match=expected):
        conv_layer_forward(input | change, LAYERS[0], param)


def test_parameters_of_another_shape():
    input, param = made(LAYERS[1])
    with pytest.raises(ShapeError, match=r"w of shape \(k\*k\*c/group, num\) = \(9, 4\), got \(18, 4\)"):
        conv_layer_forward(input, LAYERS[1], param | {"w": np.zeros((18, 4))})
    with pytest.raises(ShapeError, match=r"b of shape \(num,\) = \(4,\), got \(3,\)"):
        conv_layer_forward(input, LAYERS[1], param | {"b": np.zeros(3)})
    with pytest.raises(ArgumentError, match="a group that divides the 2 channels of the input and the 4"):
        conv_layer_forward(input, LAYERS[1] | {"group": 3}, param)
    with pytest.raises(ArgumentError, match="a param with the key 'b', got the keys 'w'"):
        conv_layer_forward(input, LAYERS[1], {"w": param["w"]})
    with pytest.raises(ArgumentError, match="a feature map with the key 'height'"):
        conv_layer_forward({"data": input["data"]}, LAYERS[1], param)


def test_a_diff_that_is_missing_or_of_another_shape():
    input, param = made(LAYERS[0])
    output = conv_layer_forward(input, LAYERS[0], param)
    with pytest.raises(ArgumentError, match="'diff'"):
        conv_layer_backward(output, input, LAYERS[0], param)
    with pytest.raises(ShapeError, match=r"diff of shape .* = \(60, 3\), got \(60, 2\)"):
        conv_layer_backward(output | {"diff": np.zeros((60, 2))}, input, LAYERS[0], param)


def test_windows_that_are_not_there():
    image = {"height": 5, "width": 6, "channel": 2, "data": np.zeros(60)}
    with pytest.raises(ShapeError, match=r"= \(3, 4\), got \(4, 3\)"):
        im2col_conv(image, {"k": 3, "stride": 1, "pad": 0}, 4, 3)
    with pytest.raises(ShapeError, match=r"\(height\*width\*channel,\) = \(60,\)"):
        im2col_conv(image | {"data": np.zeros(30)}, {"k": 3, "stride": 1, "pad": 0}, 3, 4)
    with pytest.raises(ShapeError, match=r"col of shape \(k\*k\*c, h_out\*w_out\) = \(18, 12\)"):
        col2im_conv(np.zeros((12, 18)), image, {"k": 3, "stride": 1, "pad": 0}, 3, 4)
