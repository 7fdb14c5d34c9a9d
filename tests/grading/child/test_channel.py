import io
import struct
from typing import Any

import numpy as np
import pytest

from handgrad.grading.child.channel import GarbledError, Message, pack, unpack


def through(values: dict[str, Any], arrays: dict[str, Any]) -> Message:
    return unpack(io.BytesIO(pack(values, arrays)).read, 1 << 20)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.float64(3.5) * np.ones(()),
        np.zeros((0, 4)),
        np.array([True, False]),
        np.arange(4, dtype=np.uint8),
        np.arange(4, dtype=">i4"),
        np.array([np.nan, np.inf]),
    ],
)
def test_an_array_arrives_as_it_was(array: np.ndarray) -> None:
    values, arrays = through({"a": 1, "b": [1, 2.5, None, "ü"]}, {"x": array})
    assert values == {"a": 1, "b": [1, 2.5, None, "ü"]}
    assert arrays["x"].dtype == array.dtype
    assert arrays["x"].shape == array.shape
    np.testing.assert_array_equal(arrays["x"], array)
    assert arrays["x"].flags.writeable


@pytest.mark.parametrize("array", [np.arange(24.0).reshape(2, 3, 4).swapaxes(1, 2), np.arange(8.0)[::2]])
def test_one_that_does_not_lie_row_by_row_arrives_so(array: np.ndarray) -> None:
    found = through({}, {"x": array})[1]["x"]
    assert not found.flags.c_contiguous
    np.testing.assert_array_equal(found, array)


def test_numbers_of_numpy_arrive_as_numbers() -> None:
    assert through({"a": np.float64(0.5), "b": np.int64(3)}, {})[0] == {"a": 0.5, "b": 3}


def message(text: str, body: bytes = b"", text_size: int | None = None) -> bytes:
    size = len(text.encode()) if text_size is None else text_size
    return struct.pack(">QQ", size, len(body)) + text.encode() + body


@pytest.mark.parametrize(
    "data",
    [
        message("[1, 2]"),
        message("{"),
        message('{"values": {}}'),
        message('{"values": 3, "arrays": []}'),
        message('{"values": {}, "arrays": [["x", "O", [1], false]]}', b"12345678"),
        message('{"values": {}, "arrays": [["x", "<f8", [-1], false]]}'),
        message('{"values": {}, "arrays": [["x", "<f8", [2], false]]}', b"12345678"),
        message('{"values": {}, "arrays": [["x", "<f8", [1.0], false]]}', b"12345678"),
        message('{"values": {}, "arrays": [["x", "nonsense", [1], false]]}', b"12345678"),
        message('{"values": {}, "arrays": [["x", "<f8", [1], 0]]}', b"12345678"),
        message('{"values": {}, "arrays": [["x"]]}'),
        message("{}", text_size=1 << 40),
        struct.pack(">QQ", 2, 1 << 40) + b"{}",
        message("[" * 100_000),
    ],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(GarbledError):
        unpack(io.BytesIO(data).read, 1 << 20)
