import zipfile

import numpy as np
import pytest

import handgrad as hg
from handgrad.courses.project3.files import pack, write_data
from handgrad.errors import DataError


def made(count: int, start: int = 0) -> hg.Dataset:
    rng = np.random.default_rng(count)
    return hg.Dataset(
        rng.integers(0, 256, (count, 28, 28), np.uint8), (np.arange(count) + start) % 10, classes=10
    )


@pytest.fixture
def splits():
    return hg.Splits(made(7), made(5001, 1), made(3, 2))


def test_the_six_files_and_the_link(splits, tmp_path):
    written = write_data(splits, tmp_path)
    names = [f"MNIST_{part}_{kind}.npy" for part in ("train", "val", "test") for kind in ("images", "labels")]
    assert written == [*(tmp_path / "Project3_Data" / name for name in names), tmp_path / "Project3_data"]
    expected = {"train": splits.train, "val": splits.validation.take(range(5000)), "test": splits.test}
    for part, data in expected.items():
        images = np.load(tmp_path / "Project3_Data" / f"MNIST_{part}_images.npy")
        assert images.dtype == np.float32
        np.testing.assert_allclose(images, np.reshape(data.images, (len(data), 784)) / 255, rtol=1e-6)
        assert 0 <= images.min() <= images.max() <= 1
        labels = np.load(tmp_path / "Project3_data" / f"MNIST_{part}_labels.npy")
        assert labels.dtype == np.int64
        np.testing.assert_array_equal(labels, data.labels)


def test_the_library_reads_the_folder_back(splits, tmp_path):
    write_data(splits, tmp_path)
    back = hg.load_folder(tmp_path / "Project3_Data", verify=False)
    assert [len(part) for part in (back.train, back.validation, back.test)] == [7, 5000, 3]
    x, labels = hg.batch(back.train, range(7))
    np.testing.assert_allclose(x, hg.batch(splits.train, range(7))[0], atol=1e-6)
    np.testing.assert_array_equal(labels, splits.train.labels)


def test_writing_again_changes_nothing(splits, tmp_path):
    first = write_data(splits, tmp_path)
    times = [path.stat().st_mtime_ns for path in first]
    assert write_data(splits, tmp_path) == first
    assert [path.stat().st_mtime_ns for path in first] == times


def test_other_people_s_files_stay(splits, tmp_path):
    other = tmp_path / "Project3_Data" / "MNIST_test_labels.npy"
    other.parent.mkdir()
    other.write_bytes(b"mine")
    with pytest.raises(
        DataError, match=r"MNIST_test_labels.npy: expected no file, or the one that would be written"
    ):
        write_data(splits, tmp_path)
    assert [path.name for path in other.parent.iterdir()] == [other.name]
    assert other.read_bytes() == b"mine"


def test_another_folder_in_the_link_s_place_stays(splits, tmp_path):
    (tmp_path / "Project3_data").mkdir()
    with pytest.raises(DataError, match="Project3_data: expected nothing yet, or a link to Project3_Data"):
        write_data(splits, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["Project3_data"]  # and nothing is written beside it
    (tmp_path / "Project3_data").rmdir()
    (tmp_path / "Project3_data").symlink_to("elsewhere")
    with pytest.raises(DataError, match="Project3_data: expected nothing yet"):
        write_data(splits, tmp_path)


def test_the_archive_holds_the_two_files_and_no_data(tmp_path):
    folder, to = tmp_path / "work", tmp_path / "out"
    folder.mkdir()
    (folder / "Project3_Data").mkdir()
    (folder / "Project3.py").write_text("print(3)\n")
    (folder / "report.pdf").write_bytes(b"%PDF")
    archive = pack(folder, "xyz123", to)
    assert archive == to / "xyz123_Project3.zip"
    with zipfile.ZipFile(archive) as zipped:
        assert zipped.namelist() == ["Project3.py", "report.pdf"]
        assert zipped.read("Project3.py") == b"print(3)\n"
        assert {item.date_time[0] for item in zipped.infolist()} == {1980}  # not today's
    content = archive.read_bytes()
    assert pack(folder, "xyz123", to).read_bytes() == content


def test_what_the_archive_lacks_is_named(tmp_path):
    (tmp_path / "Project3.ipynb").write_text("{}")
    with pytest.raises(DataError, match=r"Project3.py: expected a file .* takes no .ipynb"):
        pack(tmp_path, "xyz123", tmp_path)
    (tmp_path / "Project3.py").write_text("")
    with pytest.raises(DataError, match=r"report.pdf: expected a file for the archive, got none"):
        pack(tmp_path, "xyz123", tmp_path)
