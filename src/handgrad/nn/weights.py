"""The values of a network as a dict, and as a safetensors file that also says what network they belong to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as to_unsorted_bytes

from handgrad._typing import AnyArray
from handgrad.errors import WeightsError
from handgrad.files import write_atomically

if TYPE_CHECKING:
    from handgrad.nn.sequential import Sequential


def state_dict(network: Sequential) -> dict[str, AnyArray]:
    """Copies of all parameters and buffers in PyTorch's order: by layer, parameters first."""
    state: dict[str, AnyArray] = {}
    for position, layer in enumerate(network.layers):
        for name, item in (layer.parameters() | layer.buffers()).items():
            state[f"{position}.{name}"] = item.value.copy()
    return state


def load_state_dict(network: Sequential, state: Mapping[str, AnyArray], where: str = "state_dict") -> None:
    """Copy values in, strictly: all or nothing."""
    arrays = {name: item.value for name, item in (network.parameters() | network.buffers()).items()}
    match(where, {name: array.shape for name, array in arrays.items()}, state)
    for name, array in arrays.items():
        array[...] = state[name]


def match(where: str, expected: Mapping[str, tuple[int, ...]], found: Mapping[str, AnyArray]) -> None:
    """Refuse arrays that are not exactly those expected, naming every difference.

    Raises:
        WeightsError: missing, unknown or misshapen arrays.
    """
    wrong = [f"no {name!r}" for name in expected if name not in found]
    wrong += [f"an unknown {name!r}" for name in found if name not in expected]
    wrong += [
        f"{name!r} of shape {np.shape(found[name])} instead of {shape}"
        for name, shape in expected.items()
        if name in found and np.shape(found[name]) != shape
    ]
    if wrong:
        raise WeightsError(
            where,
            expected=f"the {len(expected)} tensors of this network",
            got="; ".join(wrong[:6]) + (f"; and {len(wrong) - 6} more differences" if len(wrong) > 6 else ""),
            hint="compare the architecture that the weights were trained with",
        )


def save(network: Sequential, path: str | PathLike[str], notes: Mapping[str, str] | None = None) -> None:
    """Write the network to a safetensors file; ``notes`` join the architecture in its metadata."""
    metadata = {"format": "handgrad-1", "layers": json.dumps([repr(layer) for layer in network.layers])}
    if network.input_shape is not None:
        metadata["input_shape"] = json.dumps(network.input_shape)
    write_atomically(Path(path), to_bytes(state_dict(network), metadata | dict(notes or {})))


def to_bytes(arrays: Mapping[str, AnyArray], metadata: Mapping[str, str]) -> bytes:
    """A safetensors file with its metadata in order: one content, one file, byte for byte.

    (The library's own writer puts metadata in an order that differs from call to call.)

    Example:
        >>> to_bytes({"b": np.zeros(1, np.float32)}, {"z": "1", "a": "2"})[8:48]
        b'{"__metadata__":{"a":"2","z":"1"},"b":{"'
    """
    content = to_unsorted_bytes(dict(arrays), dict(metadata))
    end = 8 + int.from_bytes(content[:8], "little")
    header = json.loads(content[8:end])
    header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # the tensors after it stay aligned
    return len(text).to_bytes(8, "little") + text + content[end:]


def load(network: Sequential, path: str | PathLike[str]) -> None:
    """Read a safetensors file into the network, strictly."""
    state, _ = read(path)
    load_state_dict(network, state, where=str(path))


def read(path: str | PathLike[str]) -> tuple[dict[str, AnyArray], dict[str, str]]:
    """All tensors of a safetensors file, and its metadata.

    Raises:
        WeightsError: no such file, or not a whole safetensors file.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
            metadata = dict(file.metadata() or {})
        for name, tensor in tensors.items():
            if tensor.dtype.kind not in "biuf":  # bfloat16, which NumPy knows once ml_dtypes is imported
                raise TypeError(f"{name} as {tensor.dtype}, which `handgrad import` converts")
        return tensors, metadata
    except FileNotFoundError:
        raise WeightsError(
            str(path), expected="a safetensors file", got="no such file", hint="check the path"
        ) from None
    except (
        SafetensorError,
        OSError,
        TypeError,
        ValueError,
    ) as error:  # TypeError: NumPy alone has no bfloat16
        raise WeightsError(
            str(path),
            expected="a whole safetensors file",
            got=str(error),
            hint="the file is damaged or of another kind; use an intact copy",
        ) from None
