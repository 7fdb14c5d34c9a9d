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
        "[height, width, channel, batch_size]": sizes if np.any(output["data"]) else [0] * 4,
    }


def window(k: Any, stride: Any) -> Any:
    """A pooling layer."""
    return {"type": "POOLING", "k": k, "stride": stride, "pad": 0}


def pooling_forward(modules: Any, data: Any, size: Any, k: Any, stride: Any) -> Any:
    """The pooled maps."""
    return shown(modules["cnn_lenet"].pooling_layer_forward(feature_map(data, size), window(k, stride)))


def pooling_backward(
    modules: Any, data: Any, size: Any, k: Any, stride: Any, pooled: Any, pooled_size: Any, diff: Any
) -> Any:
    """Where the gradient goes; what pooling puts out is stored, so that only one function is tried."""
    output = dict(feature_map(pooled, pooled_size), diff=diff)
    given, layer = feature_map(data, size), window(k, stride)
    return {"input_od": modules["cnn_lenet"].pooling_layer_backward(output, given, layer)}


def relu_forward(modules: Any, data: Any, size: Any) -> Any:
    """The larger of 0 and each number."""
    return shown(modules["cnn_lenet"].relu_forward(feature_map(data, size), {"type": "RELU"}))


def relu_backward(modules: Any, data: Any, size: Any, passed: Any, diff: Any) -> Any:
    """What passes back."""
    output = dict(feature_map(passed, size), diff=diff)
    layer = {"type": "RELU"}
    return {"input_od": modules["cnn_lenet"].relu_backward(output, feature_map(data, size), layer)}


def inner_product_forward(modules: Any, data: Any, size: Any, w: Any, b: Any) -> Any:
    """Weighted sums."""
    layer = {"type": "IP", "num": len(b)}
    given = feature_map(data, size)
    return shown(modules["cnn_lenet"].inner_product_forward(given, layer, {"w": w, "b": b}))


def inner_product_backward(modules: Any, data: Any, size: Any, w: Any, b: Any, sums: Any, diff: Any) -> Any:
    """All three gradients."""
    layer = {"type": "IP", "num": len(b)}
    output = dict(feature_map(sums, (1, 1, len(b))), diff=diff)
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
