"""The one table of cases: what every op, in every engine, must compute, forward and backward.

A row of `CASES` is an op, its arrays (as makers, that fill a shape from a generator) and its options. What all
rows of an op share stands in `OPS`: its functions, which arrays it has gradients for, a second and independent
definition (`tests/ops/oracles.py`) and the PyTorch expression. `tests/op_checks.py` checks a row; an op exported
from `handgrad.ops` that has no row here fails `tests/ops/test_table.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.special

import handgrad.ops as ops
from tests.ops import oracles

Array = np.ndarray
Maker = Callable[[np.random.Generator], Array]


# What fills the arrays. Values are multiples of 1/32: exact in float32, and small when stored.
def normal(*shape: int) -> Maker:
    """Numbers around 0, of either sign."""
    return lambda rng: np.round(rng.normal(size=shape) * 32) / 32


def distinct(*shape: int) -> Maker:
    """Numbers of either sign, all different, none closer than 1/32 to another or to 0: away from every kink."""
    return lambda rng: (rng.permutation(np.prod(shape)).reshape(shape) - np.prod(shape) // 2 + 0.5) / 16


def tied(*shape: int) -> Maker:
    """Few different numbers: nearly every window of a pool has several largest."""
    return lambda rng: rng.integers(-1, 2, size=shape).astype(np.float64)


def positive(*shape: int) -> Maker:
    """Numbers from 1/4 to 2."""
    return lambda rng: rng.integers(8, 65, size=shape) / 32


def probabilities(*shape: int) -> Maker:
    """Rows that sum to 1, nothing in them near 0."""
    return lambda rng: (weights := rng.integers(8, 65, size=shape)) / weights.sum(axis=1, keepdims=True)


def labels(count: int, classes: int) -> Maker:
    """Class numbers."""
    return lambda rng: rng.integers(0, classes, size=count)


@dataclass(frozen=True)
class Op:
    """What all cases of one operation share."""

    forward: Callable[..., tuple[Any, Any]]
    backward: Callable[..., Any]
    oracle: Callable[..., Any]
    torch: Callable[..., Any] | None  # of torch.nn.functional, the arrays as tensors, the options
    gradients: tuple[str, ...] = ("x",)  # the arrays that backward returns gradients for, in its order
    naive: Callable[..., Array] | None = None  # the definition as loops, where the op has one


@dataclass(frozen=True)
class Case:
    """One row: an op, the arrays that go in and its options."""

    name: str
    op: str
    arrays: Mapping[str, Maker]
    options: Mapping[str, Any] = field(default_factory=dict)
    smooth: bool = True  # whether the op has a derivative at these arrays

    def __str__(self) -> str:
        return self.name

    @property
    def differentiable(self) -> list[str]:
        """The arrays of this row that have a gradient."""
        return [name for name in OPS[self.op].gradients if name in self.arrays]

    @property
    def torch(self) -> Callable[..., Any] | None:
        """The PyTorch expression; None where PyTorch draws its own random numbers."""
        return None if self.name in DRAWS_ITS_OWN_MASK else OPS[self.op].torch

    def make(self, dtype: str = "float64") -> dict[str, Array]:
        """The arrays: the same at every call. Class numbers stay integers."""
        rng = np.random.default_rng(sum(self.name.encode()))
        made = {name: maker(rng) for name, maker in self.arrays.items()}
        return {name: made[name].astype(dtype) if made[name].dtype.kind == "f" else made[name] for name in made}

    def keywords(self) -> dict[str, Any]:
        """The options; a generator is made of its seed, so that every call draws the same numbers."""
        keywords = dict(self.options)
        if keywords.get("rng") is not None:
            keywords["rng"] = np.random.default_rng(keywords["rng"])
        return keywords


def _im2col_forward(x: Array, **options: Any) -> tuple[Array, Any]:
    return ops.im2col(x, **options), {"shape": x.shape, **options}


def _col2im_forward(columns: Array, **options: Any) -> tuple[Array, Any]:
    return ops.col2im(columns, **options), {name: options[name] for name in options if name != "shape"}


def _unfold(F: Any, x: Any, kernel_size: Any, stride: Any = 1, padding: Any = 0) -> Any:
    return F.unfold(x, kernel_size, stride=stride, padding=padding)


def _fold(F: Any, columns: Any, shape: Any, kernel_size: Any, stride: Any = 1, padding: Any = 0) -> Any:
    return F.fold(columns, shape[2:], kernel_size, stride=stride, padding=padding)


def _batch_norm(F: Any, x: Any, weight: Any, bias: Any, running_mean: Any = None, running_var: Any = None, **eps: Any) -> Any:
    return F.batch_norm(x, running_mean, running_var, weight, bias, training=running_mean is None, **eps)


# fmt: off
OPS: dict[str, Op] = {
    "conv2d": Op(ops.conv2d_forward, ops.conv2d_backward, oracles.conv2d,
                 lambda F, x, weight, bias=None, **options: F.conv2d(x, weight, bias, **options),
                 gradients=("x", "weight", "bias"), naive=ops.conv2d_naive),
    "max_pool2d": Op(ops.max_pool2d_forward, ops.max_pool2d_backward, oracles.max_pool2d,
                     lambda F, x, **options: F.max_pool2d(x, **options), naive=ops.max_pool2d_naive),
    "avg_pool2d": Op(ops.avg_pool2d_forward, ops.avg_pool2d_backward, oracles.avg_pool2d,
                     lambda F, x, **options: F.avg_pool2d(x, **options), naive=ops.avg_pool2d_naive),
    "im2col": Op(_im2col_forward, lambda dy, cache: ops.col2im(dy, **cache), oracles.im2col, _unfold),
    "col2im": Op(_col2im_forward, lambda dy, cache: ops.im2col(dy, **cache), oracles.col2im, _fold,
                 gradients=("columns",)),
    "linear": Op(ops.linear_forward, ops.linear_backward, oracles.linear,
                 lambda F, x, weight, bias=None: F.linear(x, weight, bias), gradients=("x", "weight", "bias")),
    "relu": Op(ops.relu_forward, ops.relu_backward, lambda x: (x + abs(x)) / 2, lambda F, x: F.relu(x)),
    "leaky_relu": Op(ops.leaky_relu_forward, ops.leaky_relu_backward, oracles.leaky_relu,
                     lambda F, x, **options: F.leaky_relu(x, **options)),
    "prelu": Op(ops.prelu_forward, ops.prelu_backward, oracles.prelu,
                lambda F, x, weight: F.prelu(x, weight), gradients=("x", "weight")),
    "elu": Op(ops.elu_forward, ops.elu_backward, oracles.elu, lambda F, x, **options: F.elu(x, **options)),
    "sigmoid": Op(ops.sigmoid_forward, ops.sigmoid_backward, lambda x: (1 + np.tanh(x / 2)) / 2,
                  lambda F, x: F.sigmoid(x)),
    "tanh": Op(ops.tanh_forward, ops.tanh_backward, lambda x: np.sinh(x) / np.cosh(x), lambda F, x: F.tanh(x)),
    "softmax": Op(ops.softmax_forward, ops.softmax_backward, lambda x, axis=-1: scipy.special.softmax(x, axis),
                  lambda F, x, axis=-1: F.softmax(x, dim=axis)),
    "cross_entropy": Op(ops.cross_entropy_forward, ops.cross_entropy_backward, oracles.cross_entropy,
                        lambda F, logits, targets: F.cross_entropy(logits, targets), gradients=("logits",)),
    "probability_cross_entropy": Op(
        ops.probability_cross_entropy_forward, ops.probability_cross_entropy_backward,
        oracles.probability_cross_entropy,
        lambda F, probabilities, targets: F.nll_loss(probabilities.log(), targets),
        gradients=("probabilities",)),
    "euclidean_loss": Op(ops.euclidean_loss_forward, ops.euclidean_loss_backward, oracles.euclidean_loss,
                         lambda F, y, targets: F.mse_loss(y, targets, reduction="sum") / (2 * len(y)),
                         gradients=("y",)),
    "mse_loss": Op(ops.mse_loss_forward, ops.mse_loss_backward, oracles.mse_loss,
                   lambda F, y, targets: F.mse_loss(y, targets), gradients=("y",)),
    "dropout": Op(ops.dropout_forward, ops.dropout_backward, oracles.dropout,
                  lambda F, x, p, rng, training=True: F.dropout(x, p, training)),
    "batch_norm": Op(ops.batch_norm_forward, ops.batch_norm_backward, oracles.batch_norm, _batch_norm,
                     gradients=("x", "weight", "bias")),
}


def conv(x: tuple[int, ...], weight: tuple[int, ...]) -> dict[str, Maker]:
    return {"x": normal(*x), "weight": normal(*weight), "bias": normal(weight[0])}


# name: (x, weight, options)
CONVOLUTIONS: dict[str, tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]] = {
    "1x1": ((2, 3, 4, 5), (4, 3, 1, 1), {}),
    "1x1-stride-2": ((2, 3, 5, 4), (2, 3, 1, 1), {"stride": 2}),
    "3x3": ((2, 2, 5, 4), (3, 2, 3, 3), {}),
    "5x5": ((2, 2, 6, 7), (3, 2, 5, 5), {}),
    "5x5-same": ((1, 2, 6, 5), (2, 2, 5, 5), {"padding": 2}),
    "rectangular-kernel": ((2, 2, 5, 6), (3, 2, 2, 3), {}),
    "column-kernel": ((2, 2, 5, 3), (2, 2, 4, 1), {}),
    "stride-2": ((2, 2, 7, 5), (3, 2, 3, 3), {"stride": 2}),
    "stride-2-1": ((2, 2, 7, 5), (3, 2, 3, 2), {"stride": (2, 1)}),
    "stride-2-partial-window": ((2, 2, 6, 7), (2, 2, 3, 2), {"stride": 2}),
    "stride-larger-than-kernel": ((2, 2, 8, 7), (2, 2, 2, 2), {"stride": 3}),
    "padding-1": ((2, 2, 4, 5), (3, 2, 3, 3), {"padding": 1}),
    "padding-1-2": ((2, 2, 4, 3), (3, 2, 3, 3), {"padding": (1, 2)}),
    "padding-wider-than-kernel": ((1, 2, 2, 3), (2, 2, 2, 2), {"padding": 2}),
    "stride-padding-partial-window": ((2, 2, 6, 5), (3, 2, 3, 2), {"stride": (2, 3), "padding": (1, 0)}),
    "groups-2": ((2, 4, 4, 5), (6, 2, 3, 2), {"groups": 2}),
    "groups-2-stride-padding": ((2, 4, 5, 4), (4, 2, 3, 3), {"stride": (2, 1), "padding": 1, "groups": 2}),
    "depthwise": ((2, 3, 4, 5), (3, 1, 3, 3), {"groups": 3}),
    "depthwise-multiplied": ((2, 3, 4, 4), (6, 1, 2, 3), {"padding": (0, 1), "groups": 3}),
    "batch-1": ((1, 3, 5, 4), (2, 3, 3, 3), {}),
    "1x1-maps": ((3, 4, 1, 1), (5, 4, 1, 1), {}),
    "1x1-maps-padded": ((3, 2, 1, 1), (2, 2, 3, 3), {"padding": 1}),
    "kernel-covers-map": ((2, 2, 3, 5), (4, 2, 3, 5), {}),
}
# name: (x, options); for both kinds of pooling
POOLS: dict[str, tuple[tuple[int, ...], dict[str, Any]]] = {
    "2": ((2, 3, 4, 6), {"kernel_size": 2}),
    "partial-window": ((2, 2, 5, 7), {"kernel_size": 2}),
    "stride-none": ((2, 2, 6, 4), {"kernel_size": (3, 2), "stride": None}),
    "overlapping": ((2, 2, 7, 5), {"kernel_size": 3, "stride": 2}),
    "overlapping-stride-1": ((1, 2, 5, 4), {"kernel_size": 3, "stride": 1}),
    "rectangular": ((2, 2, 5, 7), {"kernel_size": (2, 3), "stride": (1, 2)}),
    "stride-larger-than-kernel": ((2, 2, 7, 8), {"kernel_size": 2, "stride": (3, 4)}),
    "padding-1": ((2, 2, 5, 4), {"kernel_size": 3, "stride": 2, "padding": 1}),
    "padding-0-1": ((2, 2, 4, 5), {"kernel_size": (2, 3), "padding": (0, 1)}),
    "padding-1-partial-window": ((2, 2, 4, 5), {"kernel_size": 2, "padding": 1}),
    "batch-1": ((1, 1, 4, 4), {"kernel_size": 2}),
    "1x1-window": ((2, 2, 3, 4), {"kernel_size": 1, "stride": 2}),
    "1x1-maps": ((2, 3, 1, 1), {"kernel_size": 1}),
    "1x1-maps-padded": ((2, 3, 1, 1), {"kernel_size": 3, "stride": 2, "padding": 1}),
    "whole-map": ((2, 3, 3, 4), {"kernel_size": (3, 4)}),
}
# name: (x, columns, options); for im2col, and for col2im back
WINDOWS: dict[str, tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]] = {
    "2x2": ((2, 2, 3, 4), (2, 8, 6), {"kernel_size": 2}),
    "1x1": ((2, 3, 2, 3), (2, 3, 6), {"kernel_size": 1}),
    "rectangular": ((2, 2, 4, 3), (2, 12, 4), {"kernel_size": (3, 2), "padding": (0, 1), "stride": (2, 1)}),
    "stride-padding-partial-window": ((1, 2, 4, 6), (1, 18, 6), {"kernel_size": 3, "stride": 2, "padding": 1}),
    "stride-larger-than-kernel": ((2, 1, 5, 6), (2, 4, 4), {"kernel_size": 2, "stride": 3}),
}
SHAPES = {"2d": (4, 5), "4d": (2, 3, 2, 4)}
ACTIVATIONS: dict[str, dict[str, Any]] = {
    "relu": {}, "leaky_relu": {"negative_slope": 0.25}, "elu": {"alpha": 0.5}, "sigmoid": {}, "tanh": {},
}
TRAINED = {"weight": normal(3), "bias": normal(3)}
RUNNING = {"running_mean": normal(3), "running_var": positive(3)}

CASES: list[Case] = [
    *(Case(f"conv2d-{name}", "conv2d", conv(x, weight), options)
      for name, (x, weight, options) in CONVOLUTIONS.items()),
    Case("conv2d-no-bias", "conv2d", {"x": normal(2, 2, 4, 5), "weight": normal(3, 2, 3, 3)}),
    Case("conv2d-no-bias-groups", "conv2d", {"x": normal(2, 4, 3, 4), "weight": normal(2, 2, 2, 2)}, {"groups": 2}),

    *(Case(f"max_pool2d-{name}", "max_pool2d", {"x": distinct(*x)}, options) for name, (x, options) in POOLS.items()),
    *(Case(f"avg_pool2d-{name}", "avg_pool2d", {"x": normal(*x)}, options) for name, (x, options) in POOLS.items()),
    Case("max_pool2d-ties", "max_pool2d", {"x": tied(2, 3, 6, 6)}, {"kernel_size": 2}, smooth=False),
    Case("max_pool2d-ties-overlapping", "max_pool2d", {"x": tied(2, 3, 5, 7)},
         {"kernel_size": (3, 2), "stride": (2, 1), "padding": 1}, smooth=False),

    *(Case(f"im2col-{name}", "im2col", {"x": normal(*x)}, options) for name, (x, _, options) in WINDOWS.items()),
    *(Case(f"col2im-{name}", "col2im", {"columns": normal(*columns)}, {"shape": x, **options})
      for name, (x, columns, options) in WINDOWS.items()),

    Case("linear", "linear", {"x": normal(4, 5), "weight": normal(3, 5), "bias": normal(3)}),
    Case("linear-no-bias", "linear", {"x": normal(4, 5), "weight": normal(3, 5)}),
    Case("linear-batch-1", "linear", {"x": normal(1, 6), "weight": normal(4, 6), "bias": normal(4)}),
    Case("linear-1-to-1", "linear", {"x": normal(3, 1), "weight": normal(1, 1), "bias": normal(1)}),
    Case("linear-extra-axis", "linear", {"x": normal(2, 3, 4), "weight": normal(5, 4), "bias": normal(5)}),
    Case("linear-two-extra-axes", "linear", {"x": normal(2, 3, 2, 4), "weight": normal(3, 4), "bias": normal(3)}),

    *(Case(f"{op}-{name}", op, {"x": distinct(*shape)}, options)
      for op, options in ACTIVATIONS.items() for name, shape in SHAPES.items()),
    Case("leaky_relu-default", "leaky_relu", {"x": distinct(3, 4)}),
    Case("elu-default", "elu", {"x": distinct(3, 4)}),
    Case("prelu-2d-one-slope", "prelu", {"x": distinct(4, 5), "weight": normal(1)}),
    Case("prelu-2d-slopes", "prelu", {"x": distinct(4, 5), "weight": normal(5)}),
    Case("prelu-4d-one-slope", "prelu", {"x": distinct(2, 3, 2, 4), "weight": normal(1)}),
    Case("prelu-4d-slopes", "prelu", {"x": distinct(2, 3, 2, 4), "weight": normal(3)}),
    Case("prelu-4d-one-channel", "prelu", {"x": distinct(2, 1, 2, 4), "weight": normal(1)}),

    Case("softmax-2d", "softmax", {"x": normal(4, 5)}),
    Case("softmax-2d-axis-0", "softmax", {"x": normal(4, 5)}, {"axis": 0}),
    Case("softmax-3d", "softmax", {"x": normal(2, 3, 4)}, {"axis": -1}),
    Case("softmax-4d-axis-1", "softmax", {"x": normal(2, 3, 2, 3)}, {"axis": 1}),

    *(Case(f"cross_entropy-{N}x{K}", "cross_entropy", {"logits": normal(N, K), "targets": labels(N, K)})
      for N, K in [(4, 5), (1, 10), (6, 2), (3, 1)]),
    *(Case(f"probability_cross_entropy-{N}x{K}", "probability_cross_entropy",
           {"probabilities": probabilities(N, K), "targets": labels(N, K)}) for N, K in [(4, 5), (1, 10), (6, 2)]),
    *(Case(f"euclidean_loss-{N}x{K}", "euclidean_loss", {"y": normal(N, K), "targets": normal(N, K)})
      for N, K in [(4, 5), (1, 3), (5, 1)]),
    *(Case(f"mse_loss-{name}", "mse_loss", {"y": normal(*shape), "targets": normal(*shape)})
      for name, shape in {"1d": (6,), **SHAPES}.items()),

    Case("dropout", "dropout", {"x": normal(4, 5)}, {"p": 0.5, "rng": 7}),
    Case("dropout-4d", "dropout", {"x": normal(2, 3, 2, 4)}, {"p": 0.25, "rng": 8}),
    Case("dropout-nothing", "dropout", {"x": normal(4, 5)}, {"p": 0.0, "rng": 7}),
    Case("dropout-everything", "dropout", {"x": normal(4, 5)}, {"p": 1.0, "rng": 7}),
    Case("dropout-evaluation", "dropout", {"x": normal(4, 5)}, {"p": 0.5, "rng": None, "training": False}),

    Case("batch_norm-2d-training", "batch_norm", {"x": normal(6, 3), **TRAINED}),
    Case("batch_norm-4d-training", "batch_norm", {"x": normal(2, 3, 2, 4), **TRAINED}),
    Case("batch_norm-batch-1-training", "batch_norm", {"x": normal(1, 3, 3, 2), **TRAINED}),
    Case("batch_norm-eps", "batch_norm", {"x": normal(5, 3), **TRAINED}, {"eps": 0.5}),
    Case("batch_norm-2d-evaluation", "batch_norm", {"x": normal(4, 3), **TRAINED, **RUNNING}),
    Case("batch_norm-4d-evaluation", "batch_norm", {"x": normal(2, 3, 2, 4), **TRAINED, **RUNNING}, {"eps": 0.125}),
    Case("batch_norm-single-evaluation", "batch_norm", {"x": normal(1, 3), **TRAINED, **RUNNING}),
]
# fmt: on

DRAWS_ITS_OWN_MASK = {"dropout", "dropout-4d"}
