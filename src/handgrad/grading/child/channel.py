"""Messages between the grader and a submission's process: JSON, and arrays as bytes; nothing is unpickled.

A message is two lengths of eight bytes, a JSON object, and the bytes of its arrays one after the other.
"""

import json
import struct
from collections.abc import Callable, Mapping
from json import JSONDecodeError
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy import ascontiguousarray, frombuffer, repeat  # held: a submission may replace NumPy's own

AnyArray = npt.NDArray[Any]
Message = tuple[dict[str, Any], dict[str, AnyArray]]

LENGTHS = struct.Struct(">QQ")
KINDS = "biuf"
LARGEST_TEXT = 1 << 20


class GarbledError(Exception):
    """What came is no message, or a larger one than is taken."""


def pack(values: Mapping[str, Any], arrays: Mapping[str, AnyArray]) -> bytes:
    """A message as bytes.

    Arguments:
        values: numbers, texts, lists of such.
        arrays: of numbers; one that does not lie row by row arrives so too.
    """
    described, parts = [], []
    for name, array in arrays.items():
        strided = not array.flags.c_contiguous
        data = array.swapaxes(-1, -2) if strided and array.ndim > 1 else array
        parts.append(ascontiguousarray(data).tobytes())
        described.append([name, array.dtype.str, list(array.shape), strided])
    text = json.dumps({"values": values, "arrays": described}, default=plain).encode()
    body = b"".join(parts)
    return LENGTHS.pack(len(text), len(body)) + text + body


def plain(value: Any) -> Any:
    """A NumPy number as one of Python's; anything else in words."""
    return value.item() if isinstance(value, np.generic) else str(value)


def unpack(read: Callable[[int], bytes], largest: int) -> Message:
    """The next message.

    Arguments:
        read: gives exactly so many bytes.
        largest: bytes of arrays that are taken.

    Raises:
        GarbledError: it is none, or too large.
        EOFError: the other side is gone.
    """
    text_size, body_size = LENGTHS.unpack(read(LENGTHS.size))
    if text_size > LARGEST_TEXT or body_size > largest:
        raise GarbledError(f"{text_size + body_size:,} bytes")
    try:
        message = json.loads(read(text_size))
        values, described = dict(message["values"]), list(message["arrays"])
        sizes = [_size(entry) for entry in described]
    except (JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise GarbledError("no message") from error
    if sum(sizes) != body_size:
        raise GarbledError("arrays of other sizes than announced")
    arrays = {}
    for entry, size in zip(described, sizes, strict=True):
        data = read(size)
        try:
            arrays[entry[0]] = _array(data, entry)
        except ValueError as error:  # more axes than NumPy has, or an empty one beside an endless one
            raise GarbledError("an array that cannot be") from error
    return values, arrays


def _size(entry: Any) -> int:
    """The bytes of an announced array."""
    name, kind, shape, strided = entry
    if not (isinstance(name, str) and isinstance(kind, str) and isinstance(shape, list)):
        raise TypeError(entry)
    dtype = np.dtype(kind)
    if dtype.kind not in KINDS or not isinstance(strided, bool):
        raise ValueError(kind)
    if not all(type(size) is int and size >= 0 for size in shape):
        raise ValueError(shape)
    return int(prod(shape)) * dtype.itemsize


def _array(data: bytes, entry: Any) -> AnyArray:
    _, kind, shape, strided = entry
    if strided and len(shape) > 1:
        turned = (*shape[:-2], shape[-1], shape[-2])
        array: AnyArray = frombuffer(data, kind).reshape(turned).copy().swapaxes(-1, -2)
        return array
    array = frombuffer(data, kind).reshape(shape).copy()
    return repeat(array, 2)[::2] if strided else array
