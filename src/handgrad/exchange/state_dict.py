"""Weights that PyTorch or `export_npz` saved, into a network."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np
import numpy.typing as npt

from handgrad._typing import AnyArray, Shape
from handgrad.errors import WeightsError
from handgrad.exchange.matching import common_prefix, match_by_shape
from handgrad.exchange.settled import require_settled
from handgrad.exchange.tensors import Tensor, read_tensors
from handgrad.nn import Sequential, weights


@dataclass(frozen=True)
class ImportReport:
    """What `import_state_dict` did; prints as a table.

    Arguments:
        path: the file.
        prefix: what was stripped from every name of the file; "" for nothing.
        names: for each tensor of the network its name in the file.
        converted: for each tensor whose dtype changed, by its name in the network: from what to what.
        by_shape: whether the names differ, and the shapes said what belongs together.
    """

    path: str
    prefix: str
    names: Mapping[str, str]
    converted: Mapping[str, tuple[str, str]]
    by_shape: bool

    def __str__(self) -> str:
        lines = [f"{self.path}: {len(self.names)} tensors, matched by {'shape' if self.by_shape else 'name'}"]
        if self.prefix:
            lines.append(f"stripped from every name: {self.prefix}")
        width = max(map(len, self.names), default=0)
        for name, found in self.names.items():
            change = f"  ({' to '.join(self.converted[name])})" if name in self.converted else ""
            lines.append(f"  {name:<{width}}  from {found}{change}")
        return "\n".join(lines)


def import_state_dict(network: Sequential, path: str | PathLike[str]) -> ImportReport:
    """Copy the tensors of a safetensors file that PyTorch saved, or of an ``.npz``, into a network, strictly.

    The names may be the network's own, as `torch.nn.Sequential` has them ("0.weight"), or those of a module
    with named attributes ("conv1.weight"): then every layer's shapes must say which it is, and layers alike
    are taken in the order of their numbers. A prefix that all names share ("module.", "model.", "net.",
    "layers.", "_orig_mod.") is stripped. Every precision becomes the network's own.

    Arguments:
        network: its sizes known; its arrays are written in place.
        path: of the file, made by ``safetensors.torch.save_file(model.state_dict(), path)`` or `export_npz`.

    Returns:
        What was mapped to what, and which dtypes changed.

    Raises:
        ArgumentError: a layer's input size is still open.
        WeightsError: a file that is missing or damaged; tensors missing, unknown, misshapen, ambiguous, or
            of a dtype that cannot be converted. Nothing is changed then.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from safetensors.numpy import save_file
        >>> from handgrad.nn import Linear
        >>> state = {"fc.weight": np.ones((2, 4)), "fc.bias": np.zeros(2)}
        >>> with TemporaryDirectory() as folder:
        ...     save_file(state, Path(folder, "torch.safetensors"))
        ...     report = import_state_dict(Sequential([Linear(4, 2)]), Path(folder, "torch.safetensors"))
        >>> report.names, report.converted["0.bias"]
        ({'0.weight': 'fc.weight', '0.bias': 'fc.bias'}, ('float64', 'float32'))
    """
    require_settled(network, "import_state_dict")
    where = str(path)
    stored = read_tensors(Path(path))
    prefix = common_prefix(stored)
    found = {name.removeprefix(prefix): tensor.value for name, tensor in stored.items()}
    arrays = {name: item.value for name, item in (network.parameters() | network.buffers()).items()}
    by_shape = has_named_attributes(found)
    if by_shape:
        matched = match_by_shape(where, shapes(arrays), shapes(found))
    else:
        weights.match(where, shapes(arrays), found)
        matched = {name: name for name in arrays}
    names = {own: prefix + matched[own] for own in arrays}
    state = {own: fitted(f"{where}, {names[own]!r}", stored[names[own]], arrays[own].dtype) for own in arrays}
    network.load_state_dict(state)
    dtypes = {own: (stored[names[own]].dtype, array.dtype.name) for own, array in arrays.items()}
    converted = {own: (before, after) for own, (before, after) in dtypes.items() if before != after}
    return ImportReport(where, prefix, names, converted, by_shape)


def has_named_attributes(names: Iterable[str]) -> bool:
    """Whether the names are of a module's attributes ("conv1.weight"), not of positions ("0.weight").

    Positions mean what they say: where they differ from the network's, so does the architecture.
    """
    return not all(name[:1].isdigit() for name in names)


def shapes(arrays: Mapping[str, AnyArray]) -> dict[str, Shape]:
    """The arrays' shapes, by name."""
    return {name: array.shape for name, array in arrays.items()}


def fitted(where: str, tensor: Tensor, dtype: npt.DTypeLike) -> AnyArray:
    """A tensor's values in the dtype that the network keeps them in.

    Raises:
        WeightsError: whole numbers for fractions or the reverse, or numbers too large for the dtype.
    """
    real = np.issubdtype(dtype, np.floating)
    if np.issubdtype(tensor.value.dtype, np.floating) != real:
        raise WeightsError(
            where,
            expected="a tensor of real numbers" if real else "a tensor of whole numbers",
            got=tensor.dtype,
            hint="a quantised model must be converted back before it is saved" if real else "",
        )
    with np.errstate(over="ignore"):  # looked at below
        value = tensor.value.astype(dtype)
    if not np.array_equal(np.isfinite(value), np.isfinite(tensor.value)):
        raise WeightsError(
            where,
            expected=f"numbers that {np.dtype(dtype).name} can hold",
            got=f"{np.abs(tensor.value).max():.3g}",
            hint="use a network of dtype float64",
        )
    return value
