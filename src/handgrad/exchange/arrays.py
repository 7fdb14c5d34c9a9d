"""A network's arrays alone, under PyTorch's names: safetensors and ``.npz``."""

import io
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from handgrad.exchange.settled import require_settled
from handgrad.files import write_atomically
from handgrad.nn import Sequential, weights


def export_safetensors(network: Sequential, path: str | PathLike[str]) -> None:
    """Write parameters and buffers to a safetensors file that PyTorch loads strictly.

    In PyTorch: ``model.load_state_dict(safetensors.torch.load_file(path))``, where ``model`` is the
    `torch.nn.Sequential` of the same layers. The file's metadata hold the architecture.

    Arguments:
        network: its sizes known.
        path: of the file, in an existing folder; replaced atomically.

    Raises:
        ArgumentError: a layer's input size is still open.
        RunError: the file cannot be written.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from handgrad.nn import Linear
        >>> with TemporaryDirectory() as folder:
        ...     export_safetensors(Sequential([Linear(4, 2)]), Path(folder, "net.safetensors"))
        ...     tensors, metadata = weights.read(Path(folder, "net.safetensors"))
        >>> sorted(tensors), metadata["layers"]
        (['0.bias', '0.weight'], '["Linear(4, 2)"]')
    """
    require_settled(network, "export_safetensors")
    weights.save(network, path)


def export_npz(network: Sequential, path: str | PathLike[str]) -> None:
    """Write parameters and buffers to an ``.npz`` file, under the names of `Sequential.state_dict`.

    Arguments:
        network: its sizes known.
        path: of the file, in an existing folder; replaced atomically. Its name is taken as it is.

    Raises:
        ArgumentError: a layer's input size is still open.
        RunError: the file cannot be written.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from handgrad.nn import Linear
        >>> with TemporaryDirectory() as folder:
        ...     export_npz(Sequential([Linear(4, 2)]), Path(folder, "net.npz"))
        ...     with np.load(Path(folder, "net.npz")) as arrays:
        ...         print({name: arrays[name].shape for name in arrays.files})
        {'0.weight': (2, 4), '0.bias': (2,)}
    """
    require_settled(network, "export_npz")
    content = io.BytesIO()
    arrays: dict[str, Any] = dict(network.state_dict())  # no name is one of savez's own: all have a dot
    np.savez(content, **arrays)
    write_atomically(Path(path), content.getvalue())
