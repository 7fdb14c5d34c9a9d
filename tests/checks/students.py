"""How the functions and classes of the courses are called, and on which arrays: the trials of each."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from tests.checks import references as ref
from tests.checks.references import Array, Arrays

FLOATS = np.random.default_rng(20)


@dataclass(frozen=True)
class Trial:
    """Arrays, what should come of them, and the student's two directions."""

    arrays: Arrays
    reference: Callable[[Arrays], Array]
    forward: Callable[[Arrays], Any]
    backward: Callable[[Arrays], Mapping[str, Any]]


def normal(*shape: int) -> Array:
    """Away from zero, where some derivatives do not exist."""
    values = FLOATS.normal(size=shape)
    return values + 0.01 * np.sign(values)


def distinct(*shape: int) -> Array:
    """Positive and no two alike."""
    return 0.1 + FLOATS.permutation(np.prod(shape)).reshape(shape) / 7


def turned(x: Array) -> Array:
    """The same numbers as a view that is not contiguous."""
    return np.ascontiguousarray(x.T).T


def trial(
    arrays: Arrays, reference: Callable[[Arrays], Array], forward: Any, backward: Any, scalar: bool = False
) -> Trial:
    dy = np.ones(()) if scalar else normal(*reference(arrays).shape)
    return Trial({**arrays, "dy": dy}, reference, forward, backward)


def in_sizes(*sizes: tuple[int, ...], make: Callable[..., Array] = normal) -> Iterator[Array]:
    """Arrays of these sizes, the last one a second time as a view."""
    for size in sizes:
        x = make(*size)
        yield x.copy()  # a student who writes into it spoils no other trial
    yield turned(x)


def plain(thing: Any, reference: Any, x: Array, backward: str = "backprop") -> Trial:
    """hw5's and thu's layers without parameters."""
    back = getattr(thing, backward)
    if backward == "backward":  # thu: what was put in is remembered
        return trial({"x": x}, reference, lambda a: thing.forward(a["x"]), lambda a: {"dx": back(a["dy"])})
    return trial(
        {"x": x}, reference, lambda a: thing.forward(a["x"]), lambda a: {"dx": back(a["x"], a["dy"])}
    )


def hw5_weighted(layer: Any, arrays: Arrays, reference: Any) -> Trial:
    def forward(a: Arrays) -> Array:
        layer.set_weights(a["weight"], a["bias"])
        return layer.forward(a["x"])

    return trial(
        arrays,
        reference,
        forward,
        lambda a: dict(zip(("dx", "dweight", "dbias"), layer.backprop(a["x"], a["dy"]), strict=True)),
    )


def hw5_conv(module: ModuleType) -> Iterator[Trial]:
    for x in in_sizes((2, 1, 5, 4), (3, 2, 4, 6)):
        weight, bias = normal(2, x.shape[1], 3, 2), normal(1, 2, 1, 1)
        layer = module.nn_convolutional_layer(3, 2, x.shape[2], x.shape[1], 2)
        yield hw5_weighted(layer, {"x": x, "weight": weight, "bias": bias}, ref.conv)


def hw5_fc(module: ModuleType) -> Iterator[Trial]:
    for x in in_sizes((4, 6), (3, 2, 3, 1)):
        flat = partial(linear, flatten=True, rows_are_outputs=True)
        arrays = {"x": x, "weight": normal(5, 6), "bias": normal(5)}
        yield hw5_weighted(module.nn_fc_layer(6, 5), arrays, flat)


def linear(a: Arrays, flatten: bool = False, rows_are_outputs: bool = False) -> Array:
    x = a["x"].reshape(len(a["x"]), -1) if flatten else a["x"]
    return x @ (a["weight"].T if rows_are_outputs else a["weight"]) + a["bias"]


def hw5_pool(module: ModuleType) -> Iterator[Trial]:
    for size, stride in ((2, 2), (3, 2), (3, 3), (2, 1)):
        for x in in_sizes((2, 3, 6, 7), make=distinct):
            layer = module.nn_max_pooling_layer(stride=stride, pool_size=size)
            yield plain(layer, partial(ref.pool, kernel=(size, size), stride=stride), x)


def hw5_softmax(module: ModuleType) -> Iterator[Trial]:
    return (plain(module.nn_softmax_layer(), ref.softmax, x) for x in in_sizes((1, 3), (4, 3)))


def hw5_relu(module: ModuleType) -> Iterator[Trial]:
    return (plain(module.nn_activation_layer(), ref.relu, x) for x in in_sizes((4, 3), (2, 1, 3, 2)))


def hw5_loss(module: ModuleType) -> Iterator[Trial]:
    layer = module.nn_cross_entropy_layer()
    for x in in_sizes((1, 3), (4, 3)):
        arrays = {"x": turned(ref.softmax({"x": x})), "targets": np.array([2, 0, 1, 1])[: len(x)]}
        yield trial(
            arrays,
            ref.probability_loss,
            lambda a: layer.forward(a["x"], a["targets"]),
            lambda a: {"dx": layer.backprop(a["x"], a["targets"])},
            scalar=True,
        )


def cs_weighted(layer: Any, arrays: Arrays, reference: Any) -> Trial:
    def forward(a: Arrays) -> Array:
        layer.weights, layer.bias = a["weight"], a["bias"]
        return layer.forward(a["x"])

    def backward(a: Arrays) -> Arrays:
        dx = layer.backward(a["dy"], a["x"])
        return {"dx": dx, "dweight": layer.w_grad.copy(), "dbias": layer.b_grad.copy()}

    return trial(arrays, reference, forward, backward)


def cs_conv(module: ModuleType) -> Iterator[Trial]:
    for stride, pad in ((1, 0), (2, 0), (1, 1), (2, 1)):
        for x in in_sizes((2, 2, 5, 7)):
            settings = {"kernel_h": 3, "kernel_w": 2, "pad": pad, "stride": stride}
            layer = module.Convolution({**settings, "in_channel": 2, "out_channel": 3})
            arrays = {"x": x, "weight": normal(3, 2, 3, 2), "bias": normal(3)}
            yield cs_weighted(layer, arrays, partial(ref.conv, stride=stride, pad=pad))


def cs_fc(module: ModuleType) -> Iterator[Trial]:
    for x in in_sizes((4, 6), (2, 3, 6)):
        arrays = {"x": x, "weight": normal(6, 5), "bias": normal(5)}
        yield cs_weighted(module.FCLayer(6, 5), arrays, linear)


def cs_plain(layer: Any, reference: Any, x: Array) -> Trial:
    return trial(
        {"x": x},
        reference,
        lambda a: layer.forward(a["x"]),
        lambda a: {"dx": layer.backward(a["dy"], a["x"])},
    )


def cs_pool(module: ModuleType) -> Iterator[Trial]:
    for kind in ("max", "avg"):
        for stride, pad in ((2, 0), (1, 0), (2, 1)):
            for x in in_sizes((2, 3, 6, 5), make=distinct):
                settings = {
                    "pool_type": kind,
                    "pool_height": 3,
                    "pool_width": 2,
                    "stride": stride,
                    "pad": pad,
                }
                reference = partial(ref.pool, kernel=(3, 2), stride=stride, pad=pad, kind=kind)
                yield cs_plain(module.Pooling(settings), reference, x)


def cs_relu(module: ModuleType) -> Iterator[Trial]:
    return (cs_plain(module.ReLU(), ref.relu, x) for x in in_sizes((4, 3), (2, 1, 3, 2)))


def cs_flatten(module: ModuleType) -> Iterator[Trial]:
    for x in in_sizes((2, 1, 3, 2)):
        yield cs_plain(module.Flatten(), lambda a: a["x"].reshape(2, -1), x)


def cs_loss(module: ModuleType) -> Iterator[Trial]:
    loss = module.SoftmaxCrossEntropy(num_class=3)
    for x in in_sizes((1, 3), (4, 3)):
        yield trial(
            {"x": x, "targets": np.array([2, 0, 1, 1])[: len(x)]},
            ref.softmax_loss,
            lambda a: loss.forward(a["x"], a["targets"])[0],
            lambda a: {"dx": loss.backward(a["x"], a["targets"])},
            scalar=True,
        )


def cs_l2(module: ModuleType) -> Iterator[Trial]:
    penalty = module.L2(w=0.3)

    def named(a: Arrays) -> Arrays:
        return {"layer-0th:fc/weights": a["weight"], "layer-0th:fc/bias": a["bias"]}

    yield trial(
        {"weight": normal(4, 3), "bias": normal(3)},
        lambda a: 0.15 * np.sum(a["weight"] ** 2),
        lambda a: penalty.forward(named(a)),
        lambda a: dict(zip(("dweight", "dbias"), penalty.backward(named(a)).values(), strict=True)),
        scalar=True,
    )


def thu_sigmoid(module: ModuleType) -> Iterator[Trial]:
    return (plain(module.Sigmoid("s"), ref.sigmoid, x, "backward") for x in in_sizes((4, 3)))


def thu_conv(module: ModuleType) -> Iterator[Trial]:
    for pad in (0, 1):
        for x in in_sizes((2, 2, 4, 5)):
            rest = {"kernel_size": 3, "pad": pad}
            yield trial(
                {"x": x, "weight": normal(3, 2, 3, 3), "bias": normal(3)},
                partial(ref.conv, pad=pad),
                lambda a, rest=rest: module.conv2d_forward(a["x"], a["weight"], a["bias"], **rest),
                lambda a, rest=rest: dict(
                    zip(
                        ("dx", "dweight", "dbias"),
                        module.conv2d_backward(a["x"], a["dy"], a["weight"], a["bias"], **rest),
                        strict=True,
                    )
                ),
            )


def thu_avgpool(module: ModuleType) -> Iterator[Trial]:
    for pad in (0, 1):
        for x in in_sizes((2, 3, 6, 4), make=distinct):
            yield trial(
                {"x": x},
                partial(ref.pool, kernel=(2, 2), stride=2, pad=pad, kind="avg"),
                lambda a, pad=pad: module.avgpool2d_forward(a["x"], 2, pad),
                lambda a, pad=pad: {"dx": module.avgpool2d_backward(a["x"], a["dy"], 2, pad)},
            )


def batch_norm(module: ModuleType, name: str, size: tuple[int, ...]) -> Iterator[Trial]:
    for x in in_sizes(size):
        norm = getattr(module, name)(size[1])

        def forward(a: Arrays, norm: Any = norm) -> Array:
            norm.gamma, norm.beta = a["weight"].reshape(norm.gamma.shape), a["bias"].reshape(norm.beta.shape)
            return norm.forward(a["x"])

        def backward(a: Arrays, norm: Any = norm) -> Arrays:
            dx = norm.backward(a["dy"])
            return {"dx": dx, "dweight": norm.dgamma.reshape(-1), "dbias": norm.dbeta.reshape(-1)}

        arrays = {"x": x, "weight": normal(size[1]), "bias": normal(size[1])}
        yield trial(arrays, ref.batch_norm, forward, backward)
