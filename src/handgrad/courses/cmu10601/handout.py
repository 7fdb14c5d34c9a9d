"""The handout of cmu10601: ``cnn_lenet.py``, whose seven functions of section 6 are open, and its script."""

from collections.abc import Mapping
from typing import Any

from handgrad.courses.cmu10601.activation import relu_forward
from handgrad.courses.cmu10601.feature_map import FeatureMap
from handgrad.courses.cmu10601.inner_product import inner_product_forward
from handgrad.courses.cmu10601.pooling import pooling_layer_forward
from handgrad.courses.handouts.checks import Inputs
from handgrad.courses.handouts.handout import Handout
from handgrad.courses.handouts.numbers import distinct, normal


def inputs() -> Inputs:
    """What each open function is called with."""
    maps: list[dict[str, Any]] = [
        {"data": distinct(1, 32, 2), "size": [4, 4, 2], "k": 2, "stride": 2},
        {"data": distinct(2, 40, 1), "size": [5, 4, 2], "k": 3, "stride": 1},
    ]
    layers = [{"k": given["k"], "stride": given["stride"], "pad": 0} for given in maps]
    pooled = [pooling_layer_forward(_map(given), layer) for given, layer in zip(maps, layers, strict=True)]
    row = {"data": normal(5, 6, 3), "size": [1, 2, 3]}
    affine = {**row, "w": normal(6, 6, 2), "b": normal(7, 2)}
    sums = inner_product_forward(_map(row), {"num": 2}, affine)
    layer = {"w": normal(8, 3, 2), "b": normal(9, 2), "dw": normal(10, 3, 2), "db": normal(11, 2)}
    return {
        "cnn_lenet:pooling_layer_forward": maps,
        "cnn_lenet:pooling_layer_backward": [
            {
                **given,
                "pooled": output["data"],
                "pooled_size": [output[key] for key in ("height", "width", "channel")],
                "diff": normal(3, *output["data"].shape),
            }
            for given, output in zip(maps, pooled, strict=True)
        ],
        "cnn_lenet:relu_forward": [row],
        "cnn_lenet:relu_backward": [
            {**row, "passed": relu_forward(_map(row), {})["data"], "diff": normal(12, 6, 3)}
        ],
        "cnn_lenet:inner_product_forward": [affine],
        "cnn_lenet:inner_product_backward": [{**affine, "sums": sums["data"], "diff": normal(13, 2, 3)}],
        "cnn_lenet:sgd_momentum": [{**layer, "theta_w": normal(14, 3, 2), "theta_b": normal(15, 2)}],
    }


def _map(given: Mapping[str, Any]) -> FeatureMap:
    """A case's feature map."""
    height, width, channel = given["size"]
    data = given["data"]
    sizes = {"height": height, "width": width, "channel": channel, "batch_size": data.shape[1]}
    return {**sizes, "data": data}


HANDOUT = Handout(
    course="cmu10601",
    title="CMU 10-601, homework 7: deep learning",
    files=("cnn_lenet.py",),
    drivers={"testLeNet.py": "10,000 iterations on a twentieth of MNIST"},
    inputs=inputs,
    notes=(
        "All else in the file is given: the convolution, the loss, the network, the data. Do not assume the "
        "sizes of LeNet: they come with `input` and `layer`. You can assume that the "
        "pooling layer's padding is 0."
    ),
)
