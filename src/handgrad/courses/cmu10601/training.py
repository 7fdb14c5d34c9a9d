"""The learning rate of a step, and the update with momentum."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from handgrad._typing import Array
from handgrad.courses.cmu10601.feature_map import Param, entry
from handgrad.courses.cmu10601.network import Params
from handgrad.errors import ArgumentError, ShapeError


def get_lr(step: int, epsilon: float, gamma: float, power: float) -> float:
    """The learning rate ε / (1 + γ t)^p of equation 11.

    Arguments:
        step: t, 0 for the first.
        epsilon: ε, the first rate.
        gamma, power: how it falls.

    Returns:
        the rate.

    Example:
        >>> get_lr(10000, 0.01, 0.0001, 1)
        0.005
    """
    rate: float = epsilon / (1 + gamma * step) ** power
    return rate


def sgd_momentum(
    w_rate: float,
    b_rate: float,
    mu: float,
    decay: float,
    params: Mapping[int, Param],
    param_winc: Mapping[int, Param],
    param_grad: Mapping[int, Param],
) -> tuple[Params, Params]:
    """One update, θ = μθ + α (∂l/∂w + λw) and w = w − θ; biases have a rate of their own and no decay.

    It is the library's ``SGD(momentum_form="rate_inside", decay_bias=False)``, with a rate for b that need
    not be a multiple of that for w. The arguments are left as they are.

    Arguments:
        w_rate, b_rate: α of weights and of biases, from `get_lr`.
        mu: μ.
        decay: λ.
        params: from `init_convnet`.
        param_winc: θ, shaped as params.
        param_grad: from `conv_net`.

    Returns:
        params_ and param_winc_, new dicts with new arrays.

    Raises:
        ShapeError: a gradient or θ that is not shaped as its parameter.
        ArgumentError: a layer that is missing in one of the dicts.

    Example:
        >>> params = {1: {"w": np.ones((1, 1)), "b": np.ones(1)}}
        >>> zeros = {1: {"w": np.zeros((1, 1)), "b": np.zeros(1)}}
        >>> params_, param_winc_ = sgd_momentum(0.5, 0.25, 0.9, 0.1, params, zeros, params)
        >>> params_[1]["w"], params_[1]["b"]
        (array([[0.45]]), array([0.75]))
    """
    params_: Params = {}
    param_winc_: Params = {}
    for i, param in params.items():
        theta = {
            "w": mu * _of(param_winc, i, "w", param)
            + w_rate * (_of(param_grad, i, "w", param) + decay * param["w"]),
            "b": mu * _of(param_winc, i, "b", param) + b_rate * _of(param_grad, i, "b", param),
        }
        param_winc_[i] = theta
        params_[i] = {name: param[name] - theta[name] for name in theta}
    return params_, param_winc_


def _of(source: Mapping[int, Param], i: int, name: str, param: Param) -> Array:
    """One array of layer i, once it is known to be shaped as its parameter."""
    where = "sgd_momentum"
    if i not in source:
        got = f"the keys {', '.join(map(repr, source))}"
        raise ArgumentError(where, expected=f"an entry {i} in params, param_winc and param_grad", got=got)
    array = np.asarray(entry(source[i], name, where, f"an entry {i}"), dtype=np.float64)
    if array.shape != np.shape(param[name]):
        expected = f"{name!r} of entry {i} shaped as the parameter, {np.shape(param[name])}"
        raise ShapeError(where, expected=expected, got=str(array.shape))
    return array
