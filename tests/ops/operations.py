"""Every operation: its functions, a second definition of it, and what it is called in PyTorch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import softmax

import handgrad.ops as ops
from tests.ops import oracles

Array = np.ndarray


@dataclass(frozen=True)
class Op:
    """What all cases of one operation share."""

    forward: Callable[..., tuple[Any, Any]]
    backward: Callable[..., Any]
    oracle: Callable[..., Any]
    torch: Callable[..., Any] | None  # of torch.nn.functional, the arrays as tensors, the options
    gradients: tuple[str, ...] = ("x",)  # the arrays that backward returns gradients for, in its order
    naive: Callable[..., Array] | None = None  # the definition as loops, where the op has one


def _im2col_forward(x: Array, **options: Any) -> tuple[Array, Any]:
    return ops.im2col(x, **options), {"shape": x.shape, **options}


def _col2im_forward(columns: Array, **options: Any) -> tuple[Array, Any]:
    return ops.col2im(columns, **options), {name: options[name] for name in options if name != "shape"}


def _unfold(F: Any, x: Any, kernel_size: Any, stride: Any = 1, padding: Any = 0) -> Any:
    return F.unfold(x, kernel_size, stride=stride, padding=padding)


def _fold(F: Any, columns: Any, shape: Any, kernel_size: Any, stride: Any = 1, padding: Any = 0) -> Any:
    return F.fold(columns, shape[2:], kernel_size, stride=stride, padding=padding)


def _batch_norm(
    F: Any, x: Any, weight: Any, bias: Any, running_mean: Any = None, running_var: Any = None, **eps: Any
) -> Any:
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
                 lambda F, x, weight, bias=None: F.linear(x, weight, bias),
                 gradients=("x", "weight", "bias")),
    "relu": Op(ops.relu_forward, ops.relu_backward, lambda x: (x + abs(x)) / 2, lambda F, x: F.relu(x)),
    "leaky_relu": Op(ops.leaky_relu_forward, ops.leaky_relu_backward, oracles.leaky_relu,
                     lambda F, x, **options: F.leaky_relu(x, **options)),
    "prelu": Op(ops.prelu_forward, ops.prelu_backward, oracles.prelu,
                lambda F, x, weight: F.prelu(x, weight), gradients=("x", "weight")),
    "elu": Op(ops.elu_forward, ops.elu_backward, oracles.elu, lambda F, x, **options: F.elu(x, **options)),
    "sigmoid": Op(ops.sigmoid_forward, ops.sigmoid_backward, lambda x: (1 + np.tanh(x / 2)) / 2,
                  lambda F, x: F.sigmoid(x)),
    "tanh": Op(ops.tanh_forward, ops.tanh_backward, lambda x: np.sinh(x) / np.cosh(x),
               lambda F, x: F.tanh(x)),
    "softmax": Op(ops.softmax_forward, ops.softmax_backward, lambda x, axis=-1: softmax(x, axis),
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
# fmt: on
