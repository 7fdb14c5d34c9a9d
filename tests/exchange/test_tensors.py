import io
import pickle

import numpy as np
import pytest

from handgrad.errors import WeightsError
from handgrad.exchange.tensors import read_tensors
from tests.exchange.raw_safetensors import raw

NUMBERS = [1.0, -2.5, 0.15625]


def read(tmp_path, content):
    path = tmp_path / "net.safetensors"
    path.write_bytes(content)
    return read_tensors(path)


@pytest.mark.parametrize(
    ("kind", "stored", "dtype"),
    [("F16", "<f2", "float16"), ("F32", "<f4", "float32"), ("F64", "<f8", "float64")],
)
def test_real_numbers(tmp_path, kind, stored, dtype):
    content = np.array(NUMBERS, stored).tobytes()
    tensor = read(tmp_path, raw(a=(kind, [3, 1], content)))["a"]
    assert (tensor.dtype, tensor.value.dtype.name, tensor.value.shape) == (dtype, dtype, (3, 1))
    assert tensor.value.ravel().tolist() == NUMBERS


def test_bfloat16_is_the_upper_half_of_float32(tmp_path):
    # sign, eight bits of exponent, seven of fraction: 1.0, -2.5, 0.15625, infinity
    content = b"".join(bits.to_bytes(2, "little") for bits in (0x3F80, 0xC020, 0x3E20, 0x7F80))
    tensor = read(tmp_path, raw(a=("BF16", [2, 2], content)))["a"]
    assert (tensor.dtype, tensor.value.dtype, tensor.value.shape) == ("bfloat16", np.float32, (2, 2))
    assert tensor.value.ravel().tolist() == [*NUMBERS, np.inf]


@pytest.mark.parametrize(("kind", "dtype"), [("I64", "int64"), ("U8", "uint8"), ("I32", "int32")])
def test_a_single_whole_number(tmp_path, kind, dtype):
    tensor = read(tmp_path, raw(a=(kind, [], np.array(7, dtype).tobytes())))["a"]
    assert (tensor.dtype, tensor.value.shape, int(tensor.value)) == (dtype, (), 7)


@pytest.mark.parametrize("kind", ["F8_E4M3", "BOOL"])
def test_a_dtype_that_is_no_number_of_ours(tmp_path, kind):
    with pytest.raises(WeightsError, match=rf"'fc.weight': expected float16, .*got {kind}.*model.float\(\)"):
        read(tmp_path, raw(fc__weight=(kind, [1], b"\1")))


WHOLE = raw(a=("F32", [2], bytes(8)), b=("F16", [2], bytes(4)))


@pytest.mark.parametrize("length", [0, 4, 8, 40, len(WHOLE) - 1])
def test_a_truncated_file(tmp_path, length):
    with pytest.raises(WeightsError, match=r"a whole safetensors file.*intact copy"):
        read(tmp_path, WHOLE[:length])


def test_a_damaged_header(tmp_path):
    with pytest.raises(WeightsError, match="a whole safetensors file"):
        read(tmp_path, WHOLE.replace(b"F32", b"F64"))


@pytest.mark.parametrize("content", [b"PK\x03\x04 and so on", pickle.dumps({"fc.weight": [1.0]}, protocol=2)])
def test_a_pickle_is_named_and_not_opened(tmp_path, content):
    with pytest.raises(WeightsError, match=r"pickled by torch.save.*safetensors.torch.save_file"):
        read(tmp_path, content)


def npz(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def test_an_npz(tmp_path):
    arrays = {"1.bias": np.array(NUMBERS, np.float16), "0.weight": np.arange(6.0).reshape(2, 3)}
    found = read(tmp_path, npz(**arrays))
    assert {name: tensor.dtype for name, tensor in found.items()} == {
        "0.weight": "float64",
        "1.bias": "float16",
    }
    assert all((found[name].value == array).all() for name, array in arrays.items())


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.99])
def test_a_truncated_npz(tmp_path, keep):
    content = npz(a=np.zeros(99), b=np.zeros(99))
    with pytest.raises(WeightsError, match=r"a whole \.npz file of numbers.*intact copy"):
        read(tmp_path, content[: int(keep * len(content))])


def test_a_damaged_npz(tmp_path):
    with pytest.raises(WeightsError, match=r"a whole \.npz file of numbers"):
        read(tmp_path, npz(a=np.full(99, 7.0)).replace(b"\x1c@", b"\x1d@", 1))


def test_an_npz_without_numbers(tmp_path):
    with pytest.raises(WeightsError, match=r"a whole \.npz file of numbers"):
        read(tmp_path, npz(a=np.array([None])))
    with pytest.raises(WeightsError, match=r"'a': expected float16, .*got bool"):
        read(tmp_path, npz(a=np.array([True])))


def test_no_file(tmp_path):
    with pytest.raises(WeightsError, match="no such file"):
        read_tensors(tmp_path / "missing")


def test_a_folder(tmp_path):
    with pytest.raises(WeightsError, match="irectory"):
        read_tensors(tmp_path)
