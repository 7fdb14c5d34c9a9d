from pathlib import Path

import pytest

from handgrad.data.files import replacing
from handgrad.errors import DataError


def test_what_was_there_survives_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("before")
    with pytest.raises(RuntimeError), replacing(path) as stream:  # noqa: PT012
        stream.write(b"half of it")
        raise RuntimeError
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("before")
    with pytest.raises(DataError, match="No space left"), replacing(path):
        raise OSError(28, "No space left on device")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_in_the_way_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="a place that can be written"), replacing(tmp_path / "file" / "x"):
        pass


def test_check_sees_the_whole_file_and_can_refuse_it(tmp_path: Path) -> None:
    def refuse(partial: Path) -> None:
        assert partial.read_bytes() == b"all of it"
        raise DataError("file", expected="another", got="this")

    with pytest.raises(DataError, match="expected another"), replacing(tmp_path / "file", refuse) as stream:
        stream.write(b"all of it")
    assert list(tmp_path.iterdir()) == []
