"""What a layer's settings and parameters mean, and whether they fit each other."""

from __future__ import annotations

import numpy as np

from handgrad._typing import Array
from handgrad.courses.cmu10601.feature_map import LayerSettings, Param, entry
from handgrad.errors import ArgumentError, ShapeError


def window_of(layer: LayerSettings, where: str) -> tuple[int, int, int]:
    """k, stride and padding of a CONV or POOLING layer."""
    what = f"a {layer.get('type', 'CONV or POOLING')} layer"
    k, stride = (int(entry(layer, key, where, what)) for key in ("k", "stride"))
    return k, stride, int(layer.get("pad", 0))


def grouping_of(layer: LayerSettings, channel: int, where: str) -> tuple[int, int]:
    """The groups of a CONV layer, and how many values each of its outputs sees: k·k·c/group.

    Raises:
        ArgumentError: a group that does not divide the channels.
    """
    k, num = (int(entry(layer, key, where, "a CONV layer")) for key in ("k", "num"))
    group = int(layer.get("group", 1))
    if group < 1 or channel % group or num % group:
        expected = f"a group that divides the {channel} channels of the input and the {num} of the output"
        raise ArgumentError(where, expected=expected, got=str(group))
    return group, k * k * channel // group


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
