import gzip
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from handgrad.data.parts import Part, Parts
from handgrad.data.pickle_machine import read_pickled_arrays
from handgrad.data.pickled import read_pickle, write_pickle
from handgrad.errors import DataError


def content(parts: Parts, scale: float = 256) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    splits = (parts.train.sliced(0, 30), parts.train.sliced(30, 36), parts.test)
    return tuple(
        ((p.images.reshape(-1, 36) / scale).astype(np.float32), p.labels.astype(np.int64)) for p in splits
    )


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("scale", [255, 256])
def test_reads_what_python_3_pickled(tmp_path: Path, tiny: Parts, protocol: int, scale: float) -> None:
    path = tmp_path / "mnist.pkl.gz"
    path.write_bytes(gzip.compress(pickle.dumps(content(tiny, scale), protocol)))
    back = read_pickle(path)
    assert back.validation is not None
    assert back.train.images.dtype == np.uint8
    np.testing.assert_array_equal(back.train.images, tiny.train.images[:30])
    np.testing.assert_array_equal(back.validation.labels, tiny.train.labels[30:])
    np.testing.assert_array_equal(back.test.images, tiny.test.images)


def test_reads_python_2_protocol_0(tmp_path: Path) -> None:
    # array([1, 513, 255], int16) as Python 2's pickle writes it, with escapes in a quoted string
    text = (
        b"cnumpy.core.multiarray\n_reconstruct\np0\n(cnumpy\nndarray\np1\n(I0\ntp2\nS'b'\np3\ntp4\nRp5\n"
        b"(I1\n(I3\ntp6\ncnumpy\ndtype\np7\n(S'i2'\np8\nI0\nI1\ntp9\nRp10\n(I3\nS'<'\np11\nNNNI-1\nI-1\nI0\n"
        b"tp12\nbI00\nS'\\x01\\x00\\x01\\x02\\xff\\x00'\np13\ntp14\nb."
    )
    (tmp_path / "a.pkl").write_bytes(text)
    np.testing.assert_array_equal(read_pickled_arrays(tmp_path / "a.pkl"), [1, 513, 255])
    np.testing.assert_array_equal(pickle.loads(text, encoding="latin1"), [1, 513, 255])


def test_big_endian_and_fortran_order(tmp_path: Path) -> None:
    array = np.asfortranarray(np.arange(6, dtype=">f8").reshape(2, 3))
    (tmp_path / "a.pkl").write_bytes(pickle.dumps([array, array], 2))
    first, second = read_pickled_arrays(tmp_path / "a.pkl")
    np.testing.assert_array_equal(first, array)
    np.testing.assert_array_equal(second, array)


def test_pickle_reads_what_we_wrote(tmp_path: Path, tiny: Parts) -> None:
    parts = Parts(tiny.train.sliced(0, 30), tiny.test, tiny.train.sliced(30, 36))
    write_pickle(tmp_path / "mnist.pkl.gz", parts)
    loaded = pickle.loads(gzip.decompress((tmp_path / "mnist.pkl.gz").read_bytes()), encoding="latin1")
    for (x, y), (expected_x, expected_y) in zip(loaded, content(tiny), strict=True):
        assert (x.dtype, y.dtype) == (np.float32, np.int64)
        np.testing.assert_array_equal(x, expected_x)
        np.testing.assert_array_equal(y, expected_y)
    np.testing.assert_array_equal(read_pickle(tmp_path / "mnist.pkl.gz").train.images, tiny.train.images[:30])


def test_floats_that_are_no_bytes_stay_floats(tmp_path: Path, tiny: Parts) -> None:
    odd = Part(np.linspace(0, 1, 30 * 36, dtype=np.float32).reshape(30, 6, 6), tiny.train.labels[:30])
    write_pickle(tmp_path / "a.pkl", Parts(odd, odd, odd))
    np.testing.assert_array_equal(read_pickle(tmp_path / "a.pkl").test.images, odd.images)


class Evil:
    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


@pytest.mark.parametrize("protocol", [0, 1, 2, 4])
def test_malicious_pickle_is_refused_and_not_run(tmp_path: Path, protocol: int) -> None:
    path, proof = tmp_path / "mnist.pkl.gz", tmp_path / "proof"
    path.write_bytes(gzip.compress(pickle.dumps(((Evil(os.mkdir, str(proof)),) * 2,) * 3, protocol)))
    with pytest.raises(DataError, match=r"got one that asks for (posix|nt|os)\.mkdir"):
        read_pickle(path)
    assert not proof.exists()


@pytest.mark.parametrize(
    "name", [b"os\nsystem\n", b"builtins\neval\n", b"numpy\nload\n", b"numpy.core.multiarray\nfromfile\n"]
)
def test_names_are_matched_whole(tmp_path: Path, name: bytes) -> None:
    (tmp_path / "a.pkl").write_bytes(b"c" + name + b"(S'x'\ntR.")
    with pytest.raises(DataError, match=name.split(b"\n")[1].decode()):
        read_pickled_arrays(tmp_path / "a.pkl")


@pytest.mark.parametrize(
    "program",
    [
        b"cnumpy\ndtype\n(S'O8'\nI0\nI1\ntR.",
        b"(i__builtin__\neval\n.",
        b"(S'a'\ntR.",
        b"P1\n.",
        b"I1\nI2\n.",
        b"t.",
        b"g5\n.",
        b"cnumpy.core.multiarray\n_reconstruct\n(tR.",
        b"\x80\x02\xff.",
        b"b.",
        b"I1\n",
        b"",
    ],
)
def test_programs_that_are_no_data(tmp_path: Path, program: bytes) -> None:
    (tmp_path / "a.pkl").write_bytes(program)
    with pytest.raises(DataError):
        read_pickled_arrays(tmp_path / "a.pkl")


def test_damaged(tmp_path: Path, tiny: Parts) -> None:
    path = tmp_path / "a.pkl"
    write_pickle(path, tiny)
    whole = path.read_bytes()
    for length in range(0, len(whole) - 1, 97):
        path.write_bytes(whole[:length])
        with pytest.raises(DataError):
            read_pickle(path)


@pytest.mark.parametrize("value", [3, [1, 2, 3], ((1, 2), (3, 4)), (([0], [1]),) * 3, "three"])
def test_other_content(tmp_path: Path, value: object) -> None:
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(value, 2))
    with pytest.raises(DataError):
        read_pickle(tmp_path / "a.pkl")


def test_colour_does_not_fit(tmp_path: Path) -> None:
    part = Part(np.zeros((12, 3, 4, 4), np.uint8), np.arange(12))
    with pytest.raises(DataError, match="square grey images"):
        write_pickle(tmp_path / "a.pkl", Parts(part, part))
    assert not (tmp_path / "a.pkl").exists()
