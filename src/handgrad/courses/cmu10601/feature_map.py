"""The course's feature maps, (h·w·c, batch) by row, column, channel, and the library's (N, C, H, W)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import numpy as np

from handgrad._typing import Array
from handgrad.errors import ArgumentError, ShapeError

FeatureMap: TypeAlias = dict[str, Any]
"""``height, width, channel, batch_size``, ``data`` (h·w·c, batch); on the way back ``diff`` of its shape."""

LayerSettings: TypeAlias = Mapping[str, Any]
"""One entry of ``layers``: ``type`` and what this type is configured with."""

Param: TypeAlias = Mapping[str, Any]
"""``w`` and ``b`` of one layer, or their gradients."""

IMAGES_AT_ONCE = 64  # a convolution unrolls its windows: for the whole test set these would be gigabytes


def entry(source: Mapping[str, Any], key: str, where: str, what: str) -> Any:
    """One entry of a dict of the course, or a sentence that says which is missing."""
    if not isinstance(source, Mapping):
        raise ArgumentError(where, expected=f"{what} as a dict", got=repr(source)[:60])
    if key not in source:
        got = ", ".join(map(repr, source)) or "none"
        raise ArgumentError(where, expected=f"{what} with the key {key!r}", got=f"the keys {got}")
    return source[key]


def size_of(feature_map: FeatureMap, where: str) -> tuple[int, int, int]:
    """Height, width and channels."""
    height, width, channel = (
        int(entry(feature_map, key, where, "a feature map")) for key in ("height", "width", "channel")
    )
    return height, width, channel


def rows_of(feature_map: FeatureMap, where: str, key: str = "data") -> Array:
    """``data`` or ``diff`` as float64, an image a row.

    Raises:
        ShapeError: it is not (h·w·c, batch).
    """
    height, width, channel = size_of(feature_map, where)
    shape = height * width * channel, int(entry(feature_map, "batch_size", where, "a feature map"))
    columns = np.asarray(entry(feature_map, key, where, "a feature map"), dtype=np.float64)
    if columns.shape != shape:
        raise ShapeError(
            where,
            expected=f"{key} of shape (height*width*channel, batch_size) = {shape}",
            got=str(columns.shape),
            hint="batch_size must say how many columns there are" if columns.shape[:1] == shape[:1] else "",
        )
    return columns.T  # (h·w·c, N) -> (N, h·w·c)


def maps_of(feature_map: FeatureMap, where: str, key: str = "data") -> Array:
    """``data`` or ``diff`` as the library has it.

    Raises:
        ShapeError: it is not (h·w·c, batch).
    """
    rows = rows_of(feature_map, where, key)
    return rows.reshape(-1, *size_of(feature_map, where)).transpose(0, 3, 1, 2)  # -> (N, C, H, W)


def columns_of(portions: Iterable[Array]) -> Array:
    """The library's maps, few images after the other, in the course's layout."""
    data: Array = feature_map_of(portions)["data"]
    return data


def feature_map_of(portions: Iterable[Array]) -> FeatureMap:
    """The library's maps, few images after the other, as a feature map of the course."""
    rows, C, H, W = [], 0, 0, 0
    for maps in portions:  # each is let go before the next is made
        _, C, H, W = maps.shape
        rows.append(maps.transpose(0, 2, 3, 1).reshape(len(maps), -1))  # (N, C, H, W) -> (N, h·w·c)
    data = np.concatenate(rows).T  # (N, h·w·c) -> (h·w·c, N)
    return {"height": H, "width": W, "channel": C, "batch_size": data.shape[1], "data": data}


def in_portions(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    """The same few images of each array, then the next few."""
    for start in range(0, len(arrays[0]), IMAGES_AT_ONCE):
        yield tuple(array[start : start + IMAGES_AT_ONCE] for array in arrays)
