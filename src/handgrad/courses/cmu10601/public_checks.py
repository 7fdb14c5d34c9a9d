"""How the public checks of cmu10601 call what the student wrote, and which results they look at."""

from typing import Any

import numpy as np


def feature_map(data: Any, size: Any) -> Any:
    """A feature map of height, width and channel."""
    height, width, channel = (int(number) for number in size)
    sizes = {"height": height, "width": width, "channel": channel, "batch_size": data.shape[1]}
    return {**sizes, "data": data}


def shown(output: Any) -> Any:
    """A feature map's sizes and numbers."""
    sizes = [output[key] for key in ("height", "width", "channel", "batch_size")]
    return {
        "data": output["data"],
        "the sizes, if data is not 0": sizes if np.any(output["data"]) else [0] * 4,
    }


def window(k: Any, stride: Any) -> Any:
    """A pooling layer."""
    return {"type": "POOLING", "k": k, "stride": stride, "pad": 0}


def pooling_forward(modules: Any, data: Any, size: Any, k: Any, stride: Any) -> Any:
    """The pooled maps."""
    return shown(modules["cnn_lenet"].pooling_layer_forward(feature_map(data, size), window(k, stride)))


def pooling_backward(modules: Any, data: Any, size: Any, k: Any, stride: Any, diff: Any) -> Any:
    """Where the gradient goes; the output is put together here, so that only one function is tried."""
    given, layer = feature_map(data, size), window(k, stride)
    sides = [(given[key] - k) // stride + 1 for key in ("height", "width")]
    pooled = [
        given["data"]
        .reshape(*given_shape(given))[row * stride : row * stride + k, column * stride : column * stride + k]
        .max(axis=(0, 1))
        for row in range(sides[0])
        for column in range(sides[1])
    ]
    output = feature_map(np.array(pooled).reshape(diff.shape), (*sides, given["channel"]))
    output["diff"] = diff
    return {"input_od": modules["cnn_lenet"].pooling_layer_backward(output, given, layer)}


def given_shape(given: Any) -> Any:
    """The four axes of a feature map."""
    return [given[key] for key in ("height", "width", "channel", "batch_size")]


def relu_forward(modules: Any, data: Any, size: Any) -> Any:
    """The larger of 0 and each number."""
    return shown(modules["cnn_lenet"].relu_forward(feature_map(data, size), {"type": "RELU"}))


def relu_backward(modules: Any, data: Any, size: Any, diff: Any) -> Any:
    """What passes."""
    output = dict(feature_map(data * (data > 0), size), diff=diff)
    layer = {"type": "RELU"}
    return {"input_od": modules["cnn_lenet"].relu_backward(output, feature_map(data, size), layer)}


def inner_product_forward(modules: Any, data: Any, size: Any, w: Any, b: Any) -> Any:
    """Weighted sums."""
    layer = {"type": "IP", "num": len(b)}
    given = feature_map(data, size)
    return shown(modules["cnn_lenet"].inner_product_forward(given, layer, {"w": w, "b": b}))


def inner_product_backward(modules: Any, data: Any, size: Any, w: Any, b: Any, diff: Any) -> Any:
    """All three gradients."""
    layer = {"type": "IP", "num": len(b)}
    output = dict(feature_map(w.T.dot(data) + b[:, None], (1, 1, len(b))), diff=diff)
    param_grad, input_od = modules["cnn_lenet"].inner_product_backward(
        output, feature_map(data, size), layer, {"w": w, "b": b}
    )
    return {"param_grad['w']": param_grad["w"], "param_grad['b']": param_grad["b"], "input_od": input_od}


def sgd_momentum(modules: Any, w: Any, b: Any, dw: Any, db: Any, theta_w: Any, theta_b: Any) -> Any:
    """Two updates of one layer."""
    params, winc = {1: {"w": w, "b": b}}, {1: {"w": theta_w, "b": theta_b}}
    for _ in range(2):
        params, winc = modules["cnn_lenet"].sgd_momentum(
            0.5, 0.25, 0.9, 0.1, params, winc, {1: {"w": dw, "b": db}}
        )
    return {
        "params_[1]['w']": params[1]["w"],
        "params_[1]['b']": params[1]["b"],
        "param_winc_[1]['w']": winc[1]["w"],
        "param_winc_[1]['b']": winc[1]["b"],
    }


CALLS = {
    "cnn_lenet:pooling_layer_forward": pooling_forward,
    "cnn_lenet:pooling_layer_backward": pooling_backward,
    "cnn_lenet:relu_forward": relu_forward,
    "cnn_lenet:relu_backward": relu_backward,
    "cnn_lenet:inner_product_forward": inner_product_forward,
    "cnn_lenet:inner_product_backward": inner_product_backward,
    "cnn_lenet:sgd_momentum": sgd_momentum,
}
