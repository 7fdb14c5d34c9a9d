"""cmu10601: the functions of ``cnn_lenet``, on feature maps of (height·width·channel, batch)."""

from typing import Any

import numpy as np

from .piece import Call, Gradients, Pass


def _map(c: Call, **more: Any) -> dict[str, Any]:
    sizes = {"height": c.H, "width": c.W, "channel": c.C, "batch_size": c.N}
    return {**sizes, "data": c.x, **more}


def _out(c: Call, channel: int) -> dict[str, Any]:
    return {"height": c.OH, "width": c.OW, "channel": channel, "batch_size": c.N, "diff": c.dy}


def _conv(c: Call) -> tuple[dict[str, Any], dict[str, Any]]:
    layer = {"type": "CONV", "num": c.O, "k": c.KH, "stride": c.stride, "pad": c.padding, "group": 1}
    return layer, {"w": c.weight, "b": c.bias}


def _pool(c: Call) -> dict[str, Any]:
    return {"type": "POOLING", "k": c.KH, "stride": c.stride, "pad": c.padding}


def _affine(found: Any) -> Gradients:
    param_grad, input_od = found
    return {"dx": input_od, "dweight": param_grad["w"], "dbias": param_grad["b"]}


def _forward(function: Any, c: Call, *settings: Any) -> Any:
    """The output's data; an input whose data the function replaced counts as changed."""
    given = _map(c)
    c.output = function(given, *settings)
    c.x = given["data"]
    return c.output["data"]


def _backward(function: Any, c: Call, channel: int, *settings: Any) -> Any:
    given, output = _map(c), {**c.output, **_out(c, channel)}
    found = function(output, given, *settings)
    c.x, c.dy = given["data"], output["diff"]
    return found


def _conv_forward(space: Any, c: Call) -> Any:
    return _forward(space["conv_layer_forward"], c, *_conv(c))


def _conv_backward(space: Any, c: Call) -> Gradients:
    return _affine(_backward(space["conv_layer_backward"], c, c.O, *_conv(c)))


def _pool_forward(space: Any, c: Call) -> Any:
    return _forward(space["pooling_layer_forward"], c, _pool(c))


def _pool_backward(space: Any, c: Call) -> Gradients:
    backward = space.get("pooling_layer_backward") or space["pooling_backward"]
    return {"dx": _backward(backward, c, c.C, _pool(c))}


def _activation(name: str) -> Pass:
    layer = {"type": name.upper()}

    def forward(space: Any, c: Call) -> Any:
        return _forward(space[f"{name}_forward"], c, layer)

    def backward(space: Any, c: Call) -> Gradients:
        given, output = _map(c), {**c.output, "diff": c.dy}
        found = space[f"{name}_backward"](output, given, layer)
        c.x, c.dy = given["data"], output["diff"]
        return {"dx": found}

    return Pass(
        f"{name}_forward", name, forward, backward, module="cnn_lenet", partners=(f"{name}_backward",)
    )


def _product_forward(space: Any, c: Call) -> Any:
    return _forward(space["inner_product_forward"], c, {"type": "IP", "num": c.O}, _param(c))


def _param(c: Call) -> dict[str, Any]:
    return {"w": c.weight, "b": c.bias}


def _product_backward(space: Any, c: Call) -> Gradients:
    backward = space.get("inner_product_backward") or space["inner_product_layer_backward"]
    return _affine(_backward(backward, c, c.O, {"type": "IP", "num": c.O}, _param(c)))


def _image(c: Call) -> dict[str, Any]:
    return {"height": c.H, "width": c.W, "channel": c.C, "batch_size": 1}


def _window(c: Call) -> dict[str, Any]:
    return {"type": "CONV", "k": c.K, "stride": c.stride, "pad": c.padding, "num": 1, "group": 1}


def _im2col(space: Any, c: Call) -> Any:
    name = "im2col_conv" if "im2col_conv" in space else "col2im"
    return space[name]({**_image(c), "data": c.x}, _window(c), c.OH, c.OW)


def _col2im(space: Any, c: Call) -> Any:
    return np.reshape(space["col2im_conv"](c.x, _image(c), _window(c), c.OH, c.OW), -1)


def _loss(space: Any, c: Call) -> Any:
    c.found = space.get("mlrloss", space.get("mrloss"))(c.weight, c.x, c.targets, c.K, 1)
    return c.found[0]


def _loss_back(space: Any, c: Call) -> Gradients:
    return {"dweight": c.found[1], "dx": c.found[2]}


def _rate(space: Any, c: Call) -> Any:
    return space["get_lr"](c.step, c.epsilon, c.gamma, c.power)


def _steps(space: Any, c: Call) -> dict[str, Any]:
    params = {1: {"w": c.weight, "b": c.bias}}
    winc = {1: {"w": np.zeros_like(c.weight), "b": np.zeros_like(c.bias)}}
    path: dict[str, list[Any]] = {"weight": [], "bias": []}
    first, zeros = params, winc
    for step, rate in enumerate(c.rates):
        grads = {1: {"w": c.weight_grads[step], "b": c.bias_grads[step]}}
        params, winc = space["sgd_momentum"](rate, 2 * rate, c.momentum, c.decay, params, winc, grads)
        path["weight"].append(np.array(params[1]["w"]))
        path["bias"].append(np.array(params[1]["b"]))
    c.weight, c.bias = first[1]["w"], first[1]["b"]  # the document: "does not change its arguments"
    if np.any(zeros[1]["w"]) or np.any(zeros[1]["b"]):
        c.modified = "param_winc"
    return {name: np.stack(values) for name, values in path.items()}


def _pass(name: str, operation: str, forward: Any, backward: Any = None, *partners: str) -> Pass:
    return Pass(name, operation, forward, backward, module="cnn_lenet", partners=partners)


CONVOLUTION = _pass("conv_layer_forward", "conv2d", _conv_forward, _conv_backward, "conv_layer_backward")
POOLING = _pass(
    "pooling_layer_forward",
    "max_pool2d",
    _pool_forward,
    _pool_backward,
    "pooling_layer_backward",
    "pooling_backward",
)
RELU, ELU = _activation("relu"), _activation("elu")
PRODUCT = _pass(
    "inner_product_forward",
    "linear",
    _product_forward,
    _product_backward,
    "inner_product_backward",
    "inner_product_layer_backward",
)
IM2COL = _pass("im2col_conv", "im2col", _im2col, None, "col2im")
COL2IM = _pass("col2im_conv", "col2im", _col2im)
LOSS = _pass("mlrloss", "mlrloss", _loss, _loss_back, "mrloss")
UPDATE = _pass("sgd_momentum", "update", _steps)
RATE = _pass("get_lr", "learning_rate", _rate)

PASSES = (CONVOLUTION, POOLING, RELU, ELU, PRODUCT, IM2COL, COL2IM, LOSS, UPDATE, RATE)
