"""The data files that the course's scripts read, and the archive of a student's work."""

import hashlib
import zipfile

import numpy as np
import pytest

import handgrad as hg
from handgrad.courses.thu.files import PACK, pack, write_data
from handgrad.courses.thu.load_data import load_mnist_4d
from handgrad.errors import DataError
from tests.courses.thu.pictures import splits_of


def test_training_and_validation_images_become_the_training_file(tmp_path):
    splits = splits_of(6, 3, 2)
    paths = write_data(splits, tmp_path)
    assert {path.relative_to(tmp_path).as_posix() for path in paths} == {
        "data/train-images-idx3-ubyte",
        "data/train-labels-idx1-ubyte",
        "data/t10k-images-idx3-ubyte",
        "data/t10k-labels-idx1-ubyte",
    }
    train, test, digits, _ = load_mnist_4d(tmp_path / "data")
    images = np.concatenate([splits.train.images, splits.validation.images])
    np.testing.assert_allclose(train[:, 0] * 255 + 128, images)
    assert digits.tolist() == [*splits.train.labels, *splits.validation.labels]
    assert len(test) == 2
    size = (tmp_path / "data" / "train-images-idx3-ubyte").stat().st_size
    assert size == 16 + 9 * 784  # plain: the course's own loader reads from byte 16


def test_what_is_there_already_is_kept(tmp_path):
    splits = splits_of(6, 3, 2)
    first = write_data(splits, tmp_path)
    times = [path.stat().st_mtime_ns for path in first]
    assert write_data(splits, tmp_path) == first
    assert [path.stat().st_mtime_ns for path in first] == times
    foreign = tmp_path / "data" / "t10k-labels-idx1-ubyte"
    foreign.write_bytes(b"mine")
    (tmp_path / "data" / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError, match="other content"):
        write_data(splits, tmp_path)
    assert foreign.read_bytes() == b"mine"
    assert not (
        tmp_path / "data" / "train-labels-idx1-ubyte"
    ).exists()  # nothing was written before it failed


def test_images_with_a_channel_axis_are_written_without(tmp_path):
    part = hg.Dataset(np.full((2, 1, 28, 28), 7, np.uint8), [3, 1])
    write_data(hg.Splits(part, part, part), tmp_path)
    assert load_mnist_4d(tmp_path / "data")[0].shape == (4, 1, 28, 28)


def test_the_archive_holds_the_modules_the_report_and_the_scripts(tmp_path):
    work, out = tmp_path / "work", tmp_path / "out"
    (work / "data").mkdir(parents=True)
    out.mkdir()
    for name in (*PACK, "run_cnn.py", "notes.txt", "data/train-images-idx3-ubyte"):
        (work / name).write_text(name)
    archive = pack(work, "2018310742", out)
    assert archive == out / "2018310742.zip"
    with zipfile.ZipFile(archive) as packed:
        assert set(packed.namelist()) == {*PACK, "run_cnn.py"}
        assert packed.read("report.pdf") == b"report.pdf"
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    assert hashlib.sha256(pack(work, "2018310742", out).read_bytes()).hexdigest() == digest


def test_what_is_missing_is_named(tmp_path):
    for name in PACK[2:]:
        (tmp_path / name).write_text("")
    with pytest.raises(DataError, match=f"{PACK[0]}: .* got none, nor {PACK[1]}"):
        pack(tmp_path, "1", tmp_path)


def test_an_archive_of_another_course_stays(tmp_path):
    for name in PACK:
        (tmp_path / name).write_text(name)
    with zipfile.ZipFile(tmp_path / "1.zip", "w") as archive:
        archive.writestr("hw5.py", "")
        archive.writestr("nn_layers.py", "")
    before = (tmp_path / "1.zip").read_bytes()
    with pytest.raises(
        DataError, match=r"1\.zip: .* got an archive of hw5.py, nn_layers.py.* choose another"
    ):
        pack(tmp_path, "1", tmp_path)
    assert (tmp_path / "1.zip").read_bytes() == before
