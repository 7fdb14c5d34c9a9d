"""Reading the tensors of a safetensors file, whatever precision PyTorch saved them in, or of an ``.npz``."""

import io
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import safetensors
from safetensors import SafetensorError

from handgrad._typing import AnyArray
from handgrad.errors import WeightsError

DTYPES: Mapping[str, np.dtype[Any]] = {
    "F16": np.dtype("<f2"),
    "F32": np.dtype("<f4"),
    "F64": np.dtype("<f8"),
    **{
        f"{letter}{8 * size}": np.dtype(f"<{letter.lower()}{size}")
        for letter in "IU"
        for size in (1, 2, 4, 8)
    },
}
"""What NumPy has a word for. bfloat16, the upper half of a float32, is widened by hand."""

deserialize: Callable[[bytes], list[tuple[str, dict[str, Any]]]] = safetensors.deserialize

SAVE_IN_PYTORCH = "save it in PyTorch with safetensors.torch.save_file(model.state_dict(), path)"


@dataclass(frozen=True)
class Tensor:
    """An array, and the name of the dtype that it had in the file."""

    value: AnyArray
    dtype: str


def read_tensors(path: Path) -> dict[str, Tensor]:
    """All tensors of a safetensors or ``.npz`` file by name.

    Arguments:
        path: the file. One that PyTorch pickled (``.pt``, ``.pth``) is refused: nothing is unpickled.

    Returns:
        The tensors in the precision of the file; bfloat16 as float32, which holds all its values.

    Raises:
        WeightsError: no such file, not a whole file of either format, or a tensor of another kind.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> from safetensors.numpy import save_file
        >>> with TemporaryDirectory() as folder:
        ...     save_file({"fc.bias": np.zeros(2, np.float16)}, Path(folder, "net.safetensors"))
        ...     read_tensors(Path(folder, "net.safetensors"))
        {'fc.bias': Tensor(value=array([0., 0.], dtype=float16), dtype='float16')}
    """
    try:
        content = path.read_bytes()
        if _is_npz(content):
            return _read_npz(path, content)
        found = deserialize(content)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        raise WeightsError(
            str(path),
            expected="a safetensors or .npz file",
            got="no such file" if missing else error.strerror or str(error),
            hint="check the path",
        ) from None
    except SafetensorError as error:
        pickled = content.startswith(
            (b"PK\x03\x04", b"\x80")
        )  # torch.save: a zip around a pickle; before 1.6 bare
        raise WeightsError(
            str(path),
            expected="a whole safetensors file",
            got="a file pickled by torch.save" if pickled else str(error),
            hint=SAVE_IN_PYTORCH if pickled else "the file is damaged or of another kind; use an intact copy",
        ) from None
    return {
        name: tensor(f"{path}, {name!r}", stored["dtype"], stored["shape"], stored["data"])
        for name, stored in sorted(found)
    }


def _is_npz(content: bytes) -> bool:
    """Whether it is a zip that begins with an array; torch.save's begins with a pickle."""
    length = int.from_bytes(content[26:28], "little")  # of the first member's name
    return content.startswith(b"PK\x03\x04") and content[30 : 30 + length].endswith(b".npy")


def _read_npz(path: Path, content: bytes) -> dict[str, Tensor]:
    """What `export_npz` wrote; arrays of Python objects, which are pickles inside, are refused."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            arrays: dict[str, AnyArray] = {name: archive[name] for name in sorted(archive.files)}
    except (BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise WeightsError(
            str(path), expected="a whole .npz file of numbers", got=str(error), hint="use an intact copy"
        ) from None
    for name, array in arrays.items():
        if array.dtype.kind not in "fiu":
            raise _no_numbers(f"{path}, {name!r}", str(array.dtype))
    return {name: Tensor(array, array.dtype.name) for name, array in arrays.items()}


def _no_numbers(where: str, kind: str) -> WeightsError:
    return WeightsError(
        where,
        expected="float16, bfloat16, float32, float64 or whole numbers",
        got=kind,
        hint="convert the model in PyTorch with model.float() before saving it",
    )


def tensor(where: str, kind: str, shape: list[int], data: bytes | bytearray) -> Tensor:
    """The array in ``data``; ``kind`` is safetensors' name of its dtype."""
    if kind == "BF16":
        upper = np.frombuffer(data, "<u2").astype(np.uint32)
        return Tensor((upper << 16).view(np.float32).reshape(shape), "bfloat16")
    if kind not in DTYPES:
        raise _no_numbers(where, kind)
    dtype = DTYPES[kind]
    return Tensor(np.frombuffer(data, dtype).reshape(shape), dtype.name)
