"""Reading MNIST's four files as the course does."""

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from handgrad.courses.thu.load_data import load_mnist_4d
from handgrad.errors import DataError

RNG = np.random.default_rng(8)
TRAIN, TEST = RNG.integers(0, 256, (5, 28, 28), np.uint8), RNG.integers(0, 256, (3, 28, 28), np.uint8)
DIGITS = np.array([5, 0, 4, 1, 9], np.uint8)


def written(folder: Path, *, separator: str = "-", packed: bool = False) -> Path:
    """The four files, byte by byte."""
    files = {
        f"train-images{separator}idx3-ubyte": struct.pack(">4I", 0x803, 5, 28, 28) + TRAIN.tobytes(),
        f"train-labels{separator}idx1-ubyte": struct.pack(">2I", 0x801, 5) + DIGITS.tobytes(),
        f"t10k-images{separator}idx3-ubyte": struct.pack(">4I", 0x803, 3, 28, 28) + TEST.tobytes(),
        f"t10k-labels{separator}idx1-ubyte": struct.pack(">2I", 0x801, 3) + DIGITS[:3].tobytes(),
    }
    for name, content in files.items():
        path = folder / (name + ".gz" * packed)
        path.write_bytes(gzip.compress(content) if packed else content)
    return folder


@pytest.mark.parametrize(("separator", "packed"), [("-", False), (".", False), ("-", True)])
def test_the_four_files_in_every_spelling(tmp_path, separator, packed):
    folder = written(tmp_path, separator=separator, packed=packed)
    train_data, test_data, train_label, test_label = load_mnist_4d(str(folder))
    assert train_data.shape == (5, 1, 28, 28)
    assert test_data.shape == (3, 1, 28, 28)
    assert train_data.dtype == test_data.dtype == np.float64
    np.testing.assert_allclose(train_data[:, 0], (TRAIN.astype(float) - 128) / 255, rtol=1e-15)
    np.testing.assert_allclose(test_data[:, 0], (TEST.astype(float) - 128) / 255, rtol=1e-15)
    assert train_label.tolist() == DIGITS.tolist()
    assert test_label.tolist() == DIGITS[:3].tolist()


def test_a_missing_file_names_the_command_that_makes_it(tmp_path):
    written(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError, match=r"no t10k-labels-idx1-ubyte\..*handgrad course data thu"):
        load_mnist_4d(tmp_path)
    with pytest.raises(DataError, match="handgrad course data thu"):
        load_mnist_4d("nowhere")


def test_labels_of_another_file_are_refused(tmp_path):
    written(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x801, 2) + b"\1\2")
    with pytest.raises(DataError, match=r"expected 5 labels.*got 2"):
        load_mnist_4d(tmp_path)
