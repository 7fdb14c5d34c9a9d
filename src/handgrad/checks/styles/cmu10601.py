"""cmu10601: the functions of ``cnn_lenet``, on feature maps of (height·width·channel, batch)."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from handgrad._typing import AnyArray
from handgrad.checks.case import Case
from handgrad.checks.operations.updates import update_cases
from handgrad.checks.styles.interface import Call, Gradients, Interface, Layout, Style, rows_only, square


def _columns(case: Case, maps: AnyArray) -> AnyArray:
    rows = maps.transpose(0, 2, 3, 1).reshape(len(maps), -1) if maps.ndim == 4 else maps
    return np.ascontiguousarray(rows.T)  # (N, C, H, W) or (N, I) -> (h·w·c, N)


def _maps(which: str) -> Any:
    def back(case: Case, columns: AnyArray) -> AnyArray:
        like = case.x.shape if which == "x" else np.shape(case.dy)
        if len(like) == 2:
            return columns.T
        N, C, H, W = like
        return columns.T.reshape(N, H, W, C).transpose(0, 3, 1, 2)

    return back


MAPS = {"x": Layout(_columns, _maps("x")), "y": Layout(_columns, _maps("y"))}
KERNELS = Layout(
    lambda case, w: w.transpose(2, 3, 1, 0).reshape(-1, len(w)),  # (O, C, k, k) -> (k·k·C, O)
    lambda case, w: w.reshape(*case.weight.shape[2:], -1, len(case.weight)).transpose(3, 2, 0, 1),
)
IN_OUT = Layout(lambda case, w: w.T, lambda case, w: w.T)  # (O, I) -> (I, O)


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


def _activation(name: str) -> Interface:
    layer = {"type": name.upper()}

    def forward(space: Any, c: Call) -> Any:
        return _forward(space[f"{name}_forward"], c, layer)

    def backward(space: Any, c: Call) -> Gradients:
        given, output = _map(c), {**c.output, "diff": c.dy}
        found = space[f"{name}_backward"](output, given, layer)
        c.x, c.dy = given["data"], output["diff"]
        return {"dx": found}

    partners = (f"{name}_backward",)
    return Interface(
        f"{name}_forward", name, forward, backward, layouts=MAPS, partners=partners, module="cnn_lenet"
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


ONE_IMAGE = Layout(
    lambda case, x: x.reshape(case.C, case.H, case.W).transpose(1, 2, 0).reshape(-1),  # -> (h·w·c,)
    lambda case, x: x.reshape(case.H, case.W, case.C).transpose(2, 0, 1)[None],
)
ONE_COLUMNS = Layout(
    lambda case, col: (
        col.reshape(case.C, case.K, case.K, -1).transpose(1, 2, 0, 3).reshape(col.shape)
    ),  # (C·k·k, P) -> (k·k·C, P)
    lambda case, col: col.reshape(case.K, case.K, case.C, -1).transpose(2, 0, 1, 3).reshape(col.shape),
)


def _im2col(space: Any, c: Call) -> Any:
    name = "im2col_conv" if "im2col_conv" in space else "col2im"
    return space[name]({**_image(c), "data": c.x}, _window(c), c.OH, c.OW)


def _col2im(space: Any, c: Call) -> Any:
    return np.reshape(space["col2im_conv"](c.x, _image(c), _window(c), c.OH, c.OW), -1)


def _loss(space: Any, c: Call) -> Any:
    c.found = space.get("mlrloss", space.get("mrloss"))(c.weight, c.x, c.targets, c.K, 1)
    return c.found[0]


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


def _rule() -> Iterable[Case]:
    return update_cases(decay_bias=False, inside=True, bias_rate=2.0)


STYLE = Style(
    "cmu10601",
    (
        Interface(
            "conv_layer_forward", "conv2d", _conv_forward, _conv_backward,
            layouts={**MAPS, "weight": KERNELS}, fits=square, partners=("conv_layer_backward",),
            module="cnn_lenet",
        ),
        Interface(
            "pooling_layer_forward", "max_pool2d", _pool_forward, _pool_backward, layouts=MAPS, fits=square,
            partners=("pooling_layer_backward", "pooling_backward"), module="cnn_lenet",
        ),
        _activation("relu"),
        _activation("elu"),
        Interface(
            "inner_product_forward", "linear", _product_forward, _product_backward,
            layouts={**MAPS, "weight": IN_OUT}, fits=rows_only,
            partners=("inner_product_backward", "inner_product_layer_backward"), module="cnn_lenet",
        ),
        Interface(
            "im2col_conv", "im2col", _im2col, layouts={"x": ONE_IMAGE, "y": ONE_COLUMNS},
            partners=("col2im",), module="cnn_lenet",
        ),
        Interface(
            "col2im_conv", "col2im", _col2im,
            layouts={
                "x": ONE_COLUMNS,
                "y": Layout(lambda case, y: y.transpose(1, 2, 0).reshape(-1), lambda case, y: y),
            },
            module="cnn_lenet",
        ),
        Interface(
            "mlrloss", "mlrloss", _loss,
            lambda space, c: {"dweight": c.found[1], "dx": c.found[2]},
            partners=("mrloss",), module="cnn_lenet",
        ),
        Interface("sgd_momentum", "update", _steps, cases=_rule, module="cnn_lenet"),
        Interface(
            "get_lr", "learning_rate",
            lambda space, c: space["get_lr"](c.step, c.epsilon, c.gamma, c.power), module="cnn_lenet",
        ),
    ),
)  # fmt: skip
