import tarfile
import zipfile

import numpy as np
import pytest

from handgrad.courses.writing import DataFile, contents, grey_parts, write_archive, write_once
from handgrad.data import Dataset, Splits
from handgrad.data.npz import read_npz, write_npz
from handgrad.errors import DataError


def noted(path, text):
    return DataFile(path, lambda place: place.write_text(text) and None)


def test_a_file_is_written_once(tmp_path):
    path = tmp_path / "note"
    assert write_once([noted(path, "seven")]) == [path]
    before = path.stat().st_mtime_ns, path.stat().st_ino
    assert write_once([noted(path, "seven")]) == [path]
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def test_nothing_is_written_beside_another_file(tmp_path):
    (tmp_path / "b").write_text("mine")
    with pytest.raises(DataError, match=r"b: .* got a file with other content.* choose another folder"):
        write_once([noted(tmp_path / "a", "seven"), noted(tmp_path / "b", "eight")])
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    assert (tmp_path / "b").read_text() == "mine"


@pytest.mark.parametrize("kind", ["folder", "dangling link"])
def test_what_is_no_file_stays(kind, tmp_path):
    path = tmp_path / "note"
    if kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "nowhere")
    with pytest.raises(DataError, match="note: expected no file, or the one that would be written"):
        write_once([noted(path, "seven")])
    assert path.is_dir() or path.is_symlink()


def test_the_same_images_packed_otherwise_are_the_same(tmp_path):
    part = Dataset(np.arange(2 * 28 * 28, dtype=np.uint8).reshape(2, 1, 28, 28), [7, 1])
    parts = grey_parts(Splits(part, part, part))
    path = tmp_path / "own.npz"
    train = parts.training_file()
    np.savez(path, x_train=train.images, y_train=train.labels, x_test=part.images[:, 0], y_test=part.labels)
    before = path.read_bytes()
    assert write_once([DataFile(path, lambda place: write_npz(place, parts), read_npz)]) == [path]
    assert path.read_bytes() == before
    path.write_bytes(before[:-40])
    with pytest.raises(DataError, match=r"own.npz: .* got one that cannot be read, .* move the file away"):
        write_once([DataFile(path, lambda place: write_npz(place, parts), read_npz)])
    assert path.read_bytes() == before[:-40]


def test_splits_keep_their_order():
    splits = Splits(*(Dataset(np.full((n, 28, 28), n, np.uint8), [n] * n) for n in (3, 2, 1)))
    parts = grey_parts(splits)
    assert parts.training_file().labels.tolist() == [3, 3, 3, 2, 2]
    assert parts.test.images.tolist() == splits.test.images.tolist()


@pytest.mark.parametrize("name", ["7.zip", "7.tar"])
def test_an_archive_replaces_its_like_alone(name, tmp_path):
    path = tmp_path / name
    write_archive(path, {"hw/a.py": b"1"})
    first = path.read_bytes()
    assert write_archive(path, {"hw/a.py": b"1"}).read_bytes() == first
    assert write_archive(path, {"hw/a.py": b"2"}).read_bytes() != first
    before = path.read_bytes()
    with pytest.raises(
        DataError, match=rf"{name}: .* got an archive of hw/a.py. Hint: choose another folder"
    ):
        write_archive(path, {"hw/b.py": b"1"})
    for foreign in (b"a diary", before[:20]):
        path.write_bytes(foreign)
        with pytest.raises(DataError, match=f"{name}: .* got a file that is no archive"):
            write_archive(path, {"hw/a.py": b"1"})
        assert path.read_bytes() == foreign


def test_names_that_come_and_go(tmp_path):
    path, rule = tmp_path / "7.zip", {"always": ["a.py"], "others": r"[^/]+\.py"}
    write_archive(path, {"a.py": b"", "b.py": b""}, **rule)
    write_archive(path, {"a.py": b"", "c.py": b""}, **rule)
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["a.py", "c.py"]
    for stranger in ("d/b.py", "photo.jpg"):
        write_archive(tmp_path / f"{len(stranger)}.zip", {"a.py": b"", stranger: b""})
        with pytest.raises(DataError, match=stranger):
            write_archive(tmp_path / f"{len(stranger)}.zip", {"a.py": b""}, **rule)


def test_a_tar_begins_with_its_folder(tmp_path):
    with tarfile.open(write_archive(tmp_path / "7.tar", {"hw/a.py": b"1"})) as packed:
        assert [(entry.name, entry.isdir()) for entry in packed] == [("hw", True), ("hw/a.py", False)]


def test_all_that_is_missing_is_named(tmp_path):
    (tmp_path / "b").write_text("2")
    with pytest.raises(DataError, match=r"a: .* got none, nor c\. Hint: write them"):
        contents(tmp_path, ["a", "b", "c"], "write them")
    assert contents(tmp_path, ["b"], "") == {"b": b"2"}
