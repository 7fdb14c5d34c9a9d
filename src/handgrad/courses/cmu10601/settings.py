"""What a layer's settings and parameters mean, and whether they fit each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from handgrad._typing import Array
from handgrad.courses.cmu10601.feature_map import LayerSettings, Param, entry
from handgrad.errors import ArgumentError, ShapeError


def window_of(layer: LayerSettings, where: str) -> tuple[int, int, int]:
    """k, stride and padding of a CONV or POOLING layer.

    Raises:
        ArgumentError: one that is missing, or no whole number, or too small.
    """
    what = f"a {layer.get('type', 'CONV or POOLING')} layer"
    k, stride = (_whole(key, entry(layer, key, where, what), 1, where) for key in ("k", "stride"))
    return k, stride, _whole("pad", layer.get("pad", 0), 0, where)


def grouping_of(layer: LayerSettings, channel: int, where: str) -> tuple[int, int]:
    """The groups of a CONV layer, and how many values each of its outputs sees: k·k·c/group.

    Raises:
        ArgumentError: a group that does not divide the channels, a number that is not whole or too small.
    """
    k, num = (_whole(key, entry(layer, key, where, "a CONV layer"), 1, where) for key in ("k", "num"))
    group = _whole("group", layer.get("group", 1), 1, where)
    if channel % group or num % group:
        expected = f"a group that divides the {channel} channels of the input and the {num} of the output"
        raise ArgumentError(where, expected=expected, got=str(group))
    return group, k * k * channel // group


def _whole(key: str, value: Any, least: int, where: str) -> int:
    """A setting that counts something; 2.0, as a ``.mat`` file may have it, is whole."""
    if not isinstance(value, (int, float, np.number)) or value != int(value) or value < least:
        raise ArgumentError(where, expected=f"{key} as a whole number from {least} on", got=repr(value))
    return int(value)


def affine_of(param: Param, inputs: int, outputs: int, stated: str, where: str) -> tuple[Array, Array]:
    """w (inputs, outputs) and b (outputs,) as float64.

    Raises:
        ShapeError: w or b of another shape than the course states.
    """
    w, b = (np.asarray(entry(param, key, where, "a param"), dtype=np.float64) for key in ("w", "b"))
    if w.shape != (inputs, outputs):
        raise ShapeError(where, expected=f"w of shape {stated} = {(inputs, outputs)}", got=str(w.shape))
    if b.size != outputs:
        raise ShapeError(where, expected=f"b of shape (num,) = {(outputs,)}", got=str(b.shape))
    return w, b.reshape(outputs)
