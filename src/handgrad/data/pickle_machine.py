"""Reads a pickle of NumPy arrays by walking its opcodes. Nothing in it is ever executed or imported.

A pickle is a program for a small stack machine, and unpickling runs whatever functions it names. Here the
five names that a pickle of arrays needs stand for plain data, and any other is refused.
The opcodes and their meaning: Python's module `pickletools`.
"""

from __future__ import annotations

import codecs
import pickletools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import numpy as np

from handgrad._typing import AnyArray
from handgrad.data.files import opened, read_exactly, reading
from handgrad.errors import DataError

NEW_ARRAY, NEW_DTYPE, ARRAY_TYPE, ENCODE = "new array", "new dtype", "array type", "encode"
ALLOWED = {
    "numpy.core.multiarray _reconstruct": NEW_ARRAY,
    "numpy._core.multiarray _reconstruct": NEW_ARRAY,
    "numpy ndarray": ARRAY_TYPE,
    "numpy dtype": NEW_DTYPE,
    "_codecs encode": ENCODE,
}
OPCODES = {opcode.code: opcode for opcode in pickletools.opcodes}
TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
NUMBERS = {"INT", "LONG", "BININT", "BININT1", "BININT2", "LONG1", "LONG4", "FLOAT", "BINFLOAT"}
STRINGS = {"STRING", "BINSTRING", "SHORT_BINSTRING"}
STRINGS |= {"UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8"}
LONGEST_NAME = 1 << 16  # longer strings are pixels, to which nothing refers a second time


class _Mark:
    """Where a tuple or list begins on the stack."""


class _Name:
    """A function or class that the pickle names, as the plain word that stands for it here."""

    def __init__(self, meaning: str) -> None:
        self.meaning = meaning


class _Holder:
    """An array or dtype on its way: made empty by REDUCE, filled by BUILD."""

    def __init__(self, dtype: np.dtype[Any] | None = None) -> None:
        self.dtype = dtype
        self.array: AnyArray | None = None


def read_pickled_arrays(path: str | Path) -> Any:
    """Read a pickle, plain or gzip, of tuples and lists of NumPy arrays and numbers.

    Protocols 0 to 4, from Python 2 and 3 alike. The pickle is not executed.

    Arguments:
        path: the file.

    Returns:
        What it holds: nested tuples and lists of arrays, numbers and strings.

    Raises:
        DataError: a file that is missing or damaged, or a pickle that names anything else than arrays.

    Example:
        >>> import pickle
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     _ = Path(folder, "own.pkl").write_bytes(pickle.dumps((np.arange(3), 7), protocol=2))
        ...     read_pickled_arrays(Path(folder, "own.pkl"))
        (array([0, 1, 2]), 7)
    """
    path = Path(path)
    with reading(path), opened(path) as stream:
        try:
            return _Machine(path).run(stream)
        except (ValueError, IndexError, KeyError, TypeError, OverflowError, MemoryError) as error:
            if isinstance(error, DataError):
                raise
            raise DataError(
                str(path), expected="a whole pickle", got=f"a damaged one, or another file ({error})"
            ) from error


class _Machine:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.stack: list[Any] = []
        self.memo: dict[int, Any] = {}

    def run(self, stream: BinaryIO) -> Any:
        for name, argument in _opcodes(stream, self.path):
            if name == "STOP":
                (result,) = self.stack
                return _unwrapped(result)
            self.step(name, argument)
        raise EOFError

    def step(self, name: str, argument: Any) -> None:
        stack = self.stack
        if name in NUMBERS or name in STRINGS:
            stack.append(argument)
        elif name in CONSTANTS:
            stack.append(CONSTANTS[name])
        elif name == "MARK":
            stack.append(_Mark())
        elif name in TUPLES:
            stack.append(tuple(self.pop(TUPLES[name])))
        elif name == "TUPLE":
            stack.append(tuple(self.pop_to_mark()))
        elif name == "LIST":
            stack.append(self.pop_to_mark())
        elif name == "EMPTY_LIST":
            stack.append([])
        elif name == "APPEND":
            (item,) = self.pop(1)
            self.top(list).append(item)
        elif name == "APPENDS":
            items = self.pop_to_mark()
            self.top(list).extend(items)
        elif name in ("PUT", "BINPUT", "LONG_BINPUT"):
            self.remember(argument)
        elif name == "MEMOIZE":
            self.remember(len(self.memo))
        elif name in ("GET", "BINGET", "LONG_BINGET"):
            stack.append(self.memo[argument])
        elif name == "GLOBAL":
            stack.append(self.name(argument))
        elif name == "STACK_GLOBAL":
            module, function = self.pop(2)
            stack.append(self.name(f"{_text(module)} {_text(function)}"))
        elif name == "REDUCE":
            function, arguments = self.pop(2)
            stack.append(self.reduce(function, arguments))
        elif name == "BUILD":
            (state,) = self.pop(1)
            self.build(self.top(_Holder), state)
        elif name not in ("PROTO", "FRAME"):
            self.refuse(f"the opcode {name}")

    def pop(self, count: int) -> list[Any]:
        if len(self.stack) < count or any(isinstance(item, _Mark) for item in self.stack[-count:]):
            raise ValueError("its stack runs empty")
        items = self.stack[-count:]
        del self.stack[-count:]
        return items

    def pop_to_mark(self) -> list[Any]:
        start = max(index for index, item in enumerate(self.stack) if isinstance(item, _Mark))
        items = self.stack[start + 1 :]
        del self.stack[start:]
        return items

    def top(self, kind: type) -> Any:
        if not isinstance(self.stack[-1], kind):
            raise ValueError("its opcodes make no sense")
        return self.stack[-1]

    def remember(self, key: int) -> None:
        value = self.stack[-1]
        long = isinstance(value, (str, bytes, bytearray)) and len(value) > LONGEST_NAME
        self.memo[key] = None if long else value

    def name(self, qualified: str) -> _Name:
        if qualified not in ALLOWED:
            self.refuse(qualified.replace(" ", "."))
        return _Name(ALLOWED[qualified])

    def refuse(self, what: str) -> NoReturn:
        raise DataError(
            str(self.path),
            expected="a pickle of NumPy arrays and nothing else",
            got=f"one that asks for {what}",
            hint="do not unpickle this file; get the data from a source that you trust",
        )

    def reduce(self, function: Any, arguments: Any) -> Any:
        meaning = function.meaning if isinstance(function, _Name) else None
        if meaning == NEW_ARRAY:
            return _Holder()
        if meaning == NEW_DTYPE:
            code = _text(arguments[0])
            if not re.fullmatch(r"[<>|=]?[biuf][1248]", code):
                self.refuse(f"an array of {code!r}")
            return _Holder(np.dtype(code))
        if meaning == ENCODE:
            return _text(arguments[0]).encode("latin-1")
        return self.refuse("a call of something that is no function")

    def build(self, holder: _Holder, state: Any) -> None:
        if holder.dtype is not None:
            order = _text(state[1])
            holder.dtype = holder.dtype if order == "|" else holder.dtype.newbyteorder(order)  # type: ignore[arg-type]
            return
        _, shape, dtype, fortran, data = state
        if isinstance(data, str):
            data = data.encode("latin-1")
        if not isinstance(dtype, _Holder) or dtype.dtype is None:
            raise ValueError("an array without a dtype")
        array = np.frombuffer(data, dtype.dtype).reshape(shape, order="F" if fortran else "C")
        holder.array = array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _opcodes(stream: BinaryIO, path: Path) -> Iterator[tuple[str, Any]]:
    """The opcodes with their arguments; strings of Python 2 as bytes, which `pickletools` would decode."""
    while True:
        code = stream.read(1)
        if not code:
            raise EOFError
        opcode = OPCODES[code.decode("latin-1")]
        if opcode.name == "STRING":
            line = stream.readline().strip()
            yield opcode.name, codecs.escape_decode(line[1:-1])[0]
        elif opcode.name in ("BINSTRING", "SHORT_BINSTRING"):
            width = 4 if opcode.name == "BINSTRING" else 1
            size = int.from_bytes(read_exactly(stream, width, path), "little")
            yield opcode.name, read_exactly(stream, size, path)
        else:
            yield opcode.name, None if opcode.arg is None else opcode.arg.reader(stream)
        if opcode.name == "STOP":
            return


def _text(value: Any) -> str:
    return value if isinstance(value, str) else bytes(value).decode("latin-1")


def _unwrapped(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return type(value)(_unwrapped(item) for item in value)
    if isinstance(value, _Holder):
        if value.array is None:
            raise ValueError("an array without its data")
        return value.array
    return value
