from pathlib import Path

import numpy as np
import pytest

from handgrad.data import convert, load_folder
from handgrad.data.formats import EVERYWHERE, FILE_NAMES, WRITERS, find, found_or_error
from handgrad.data.idx import write_idx_folder
from handgrad.data.parts import Parts
from handgrad.data.verify import digests
from handgrad.errors import ArgumentError, DataError
from tests.data.test_mat import pairs


@pytest.mark.parametrize("source", WRITERS)
@pytest.mark.parametrize("to", WRITERS)
def test_every_format_into_every_other(tmp_path: Path, tiny: Parts, source: str, to: str) -> None:
    WRITERS[source](tmp_path / "a" / FILE_NAMES.get(source, ""), tiny)
    target = convert(tmp_path / "a", tmp_path / "b", to=to)
    back = found_or_error(tmp_path / "b").read()
    assert find(target) == find(tmp_path / "b")
    if "mat" in (source, to):
        assert pairs(back.training_file()) == pairs(tiny.train)
        assert pairs(back.test) == pairs(tiny.test)
    else:
        assert digests(back) == digests(tiny)
    assert not [path for path in tmp_path.iterdir() if path.name not in "ab"]


def test_a_file_as_source_and_destination(tmp_path: Path, tiny: Parts) -> None:
    WRITERS["npz"](tmp_path / "own.npz", tiny)
    assert convert(tmp_path / "own.npz", tmp_path / "own.pkl.gz", to="pkl") == tmp_path / "own.pkl.gz"
    assert convert(tmp_path / "own.pkl.gz", tmp_path / "own.mat", to="mat") == tmp_path / "own.mat"


@pytest.mark.parametrize("to", WRITERS)
def test_nothing_is_overwritten_without_force(tmp_path: Path, tiny: Parts, to: str) -> None:
    write_idx_folder(tmp_path / "a", Parts(tiny.train, tiny.test))
    write_idx_folder(tmp_path / "c", Parts(tiny.test, tiny.train))
    target = convert(tmp_path / "a", tmp_path / "b", to=to)
    before = {path: path.read_bytes() for path in target.rglob("*") if path.is_file()}
    with pytest.raises(DataError, match="expected nothing there yet"):
        convert(tmp_path / "c", tmp_path / "b", to=to)
    assert before == {path: path.read_bytes() for path in target.rglob("*") if path.is_file()}
    convert(tmp_path / "c", tmp_path / "b", to=to, force=True)
    assert len(found_or_error(tmp_path / "b").read().test.labels) == 36
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "c"]


def test_a_conversion_that_fails_leaves_what_was_there(
    tmp_path: Path, tiny: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_idx_folder(tmp_path / "a", tiny)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine").write_text("kept")

    def full(path: Path, parts: Parts) -> None:
        path.mkdir()
        (path / "half").touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(WRITERS, "png", full)
    with pytest.raises(DataError, match="No space left"):
        convert(tmp_path / "a", tmp_path / "b", to="png", force=True)
    assert (tmp_path / "b" / "mine").read_text() == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_mistakes(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="got tar"):
        convert(tmp_path, tmp_path / "b", to="tar")
    with pytest.raises(DataError, match="nothing there"):
        convert(tmp_path / "none", tmp_path / "b", to="npz")
    (tmp_path / "letter.txt").touch()
    with pytest.raises(DataError, match="a folder with letter.txt"):  # noqa: RUF043
        found_or_error(tmp_path)
    with pytest.raises(DataError, match="a file of another kind"):
        found_or_error(tmp_path / "letter.txt")


def test_pictures_by_class_without_splits_are_told_the_layout(tmp_path: Path, tiny: Parts) -> None:
    WRITERS["png"](tmp_path / "a", tiny)
    with pytest.raises(
        DataError, match=r"or one of train/0/\*\.png \.\.\. test/0/\*\.png\), got a folder with 0, 1"
    ) as caught:
        found_or_error(tmp_path / "a" / "train")
    assert caught.value.hint.startswith("put the folders of the classes into train")
    with pytest.raises(DataError, match="fetch MNIST") as caught:
        found_or_error(tmp_path / "a" / "train", EVERYWHERE)  # where MNIST is wanted, pictures will not do
    assert "png" not in str(caught.value)


def test_an_incomplete_set_names_what_is_missing(tmp_path: Path, tiny: Parts) -> None:
    write_idx_folder(tmp_path, tiny)
    (tmp_path / "train-images-idx3-ubyte.gz").unlink()
    with pytest.raises(DataError, match="got no train-images"):
        load_folder(tmp_path)


def test_converted_data_keeps_the_names_of_its_classes(tmp_path: Path, tiny: Parts) -> None:
    named = Parts(tiny.train, tiny.test, names=tuple("klmnopqrst"))
    WRITERS["png"](tmp_path / "a", named)
    convert(tmp_path / "a", tmp_path / "own.npz", to="npz")
    splits = load_folder(tmp_path / "own.npz", verify=False)
    assert splits.test.names == named.names
    np.testing.assert_array_equal(splits.test.images, tiny.test.images)


def test_a_rename_that_fails_brings_the_old_folder_back(
    tmp_path: Path, tiny: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_idx_folder(tmp_path / "a", tiny)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine").write_text("kept")
    rename = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if path.name.endswith(".partial"):
            raise OSError(5, "Input/output error")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(DataError, match="Input/output error"):
        convert(tmp_path / "a", tmp_path / "b", to="npy", force=True)
    assert (tmp_path / "b" / "mine").read_text() == "kept"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]
