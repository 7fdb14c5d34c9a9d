import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from handgrad.errors import DataError
from handgrad.grading import submissions
from handgrad.grading.submissions import (
    Submission,
    as_one,
    find_submissions,
    fingerprint,
    lay_out,
    left_out,
)

CODE = b"answer = 42\n"


def make(folder: Path, *names: str) -> Path:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(CODE)
    return folder


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def tarred(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return path


def laid(path: Path, course: str, folder: Path) -> list[str]:
    folder.mkdir()
    lay_out(Submission("it", path), course, folder)
    return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


def test_a_folder_an_archive_and_a_file_are_one_each(tmp_path: Path) -> None:
    one = make(tmp_path / "ann", "nn_layers.py")
    two = zipped(tmp_path / "bob.zip", {"nn_layers.py": CODE})
    three = make(tmp_path / "files", "nn_layers.py") / "nn_layers.py"
    found = find_submissions([one, two, three], "hw5")
    assert [entry.name for entry in found] == ["ann", "bob", "nn_layers"]


def test_a_class_is_a_folder_of_them(tmp_path: Path) -> None:
    make(tmp_path / "class", "ann/nn_layers.py", "bob/codes/nn_layers.py", "notes.txt", ".git/x")
    zipped(tmp_path / "class" / "carl.zip", {"deep/nn_layers.py": CODE})
    tarred(tmp_path / "class" / "dora.tar.gz", {"nn_layers.py": CODE})
    found = find_submissions([tmp_path / "class"], "hw5")
    assert [entry.name for entry in found] == ["ann", "bob", "carl", "dora"]


def test_names_are_unique(tmp_path: Path) -> None:
    paths = [make(tmp_path / side / "ann", "hw5.py") for side in ("left", "right")]
    assert [entry.name for entry in find_submissions(paths, "hw5")] == ["ann", "ann-2"]


def test_nothing_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        find_submissions([tmp_path / "missing"], "hw5")


def test_the_modules_come_to_the_top(tmp_path: Path) -> None:
    files = {
        "hw7/cnn_lenet.py": CODE,
        "hw7/report.pdf": b"%PDF",
        "hw7/more/helper.py": CODE,
        "readme.md": b"x",
    }
    for number, archive in enumerate((zipped(tmp_path / "a.zip", files), tarred(tmp_path / "a.tar", files))):
        assert laid(archive, "cmu10601", tmp_path / str(number)) == ["cnn_lenet.py", "more/helper.py"]


def test_a_single_file_is_laid_out(tmp_path: Path) -> None:
    file = make(tmp_path / "a", "Project3.py") / "Project3.py"
    assert laid(file, "project3", tmp_path / "out") == ["Project3.py"]


def test_paths_that_lead_out_and_links_are_left_where_they_are(tmp_path: Path) -> None:
    bad = {"nn_layers.py": CODE, "../evil.py": CODE, "/evil.py": CODE, "a/../../evil.py": CODE}
    assert laid(zipped(tmp_path / "a.zip", bad), "hw5", tmp_path / "1") == ["nn_layers.py"]
    archive = tarred(tmp_path / "b.tar", bad)
    with tarfile.open(archive, "a") as opened:
        link = tarfile.TarInfo("link.py")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        opened.addfile(link)
    assert laid(archive, "hw5", tmp_path / "2") == ["nn_layers.py"]
    folder = make(tmp_path / "c", "nn_layers.py")
    (folder / "passwd.txt").symlink_to("/etc/passwd")
    assert laid(folder, "hw5", tmp_path / "3") == ["nn_layers.py"]
    assert not (tmp_path / "evil.py").exists()


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submissions, "LARGEST", 1 << 20)
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("nn_layers.py", CODE)
        archive.writestr("zeros.txt", bytes(1 << 22))
    assert path.stat().st_size < 1 << 16
    with pytest.raises(DataError, match="at most 2000 files of 1 MiB"):
        laid(path, "hw5", tmp_path / "out")


@pytest.mark.parametrize(
    ("name", "data"), [("a.zip", b"no archive"), ("a.tar", b"no archive"), ("a.zip", b"")]
)
def test_an_archive_that_is_none_is_said(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DataError, match="an archive that can be read"):
        laid(path, "hw5", tmp_path / "out")


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tar.xz", "a.tar.bz2"])
def test_a_damaged_archive_is_said(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    code = bytes(range(256)) * 40
    if name.endswith(".zip"):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("nn_layers.py", code)
    else:
        (tmp_path / "nn_layers.py").write_bytes(code)
        with tarfile.open(path, f"w:{path.suffix[1:]}") as packed:  # type: ignore[call-overload]
            packed.add(tmp_path / "nn_layers.py", "nn_layers.py")
    data = bytearray(path.read_bytes())
    for place in range(60, min(len(data) - 60, 200)):
        data[place] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(DataError, match="an archive that can be read"):
        laid(path, "hw5", tmp_path / "out")


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(opened: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    make(tmp_path / "ann", "nn_layers.py")
    monkeypatch.setattr(submissions, "_limited", refuse)
    with pytest.raises(DataError, match=r"files that can be read, got .*Permission denied"):
        laid(tmp_path / "ann", "hw5", tmp_path / "out")


def test_what_other_systems_make_of_names(tmp_path: Path) -> None:
    files = {"hw/nn_layers.PY": CODE, "hw/._nn_layers.py": b"\0\5", "__MACOSX/hw/._nn_layers.py": b"\0"}
    assert laid(zipped(tmp_path / "a.zip", files), "hw5", tmp_path / "out") == ["nn_layers.py"]


def test_a_file_beside_a_folder_of_its_name_is_said(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"nn_layers.py": CODE, "nn_layers.py/x.py": CODE})
    with pytest.raises(DataError, match="files that can be written"):
        laid(path, "hw5", tmp_path / "out")


def test_a_notebook_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "Project3.ipynb").write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match=r"Project3\.py, got a notebook, Project3\.ipynb"):
        laid(folder, "project3", tmp_path / "out")


def test_the_fingerprint_sees_names_and_bytes(tmp_path: Path) -> None:
    prints = {
        fingerprint(make(tmp_path / "1", "a.py", "b.py")),
        fingerprint(make(tmp_path / "2", "a.py", "c.py")),
        fingerprint(make(tmp_path / "3", "a.py")),
    }
    (tmp_path / "3" / "a.py").write_bytes(CODE + b"#")
    prints.add(fingerprint(tmp_path / "3"))
    assert len(prints) == 4
    assert fingerprint(make(tmp_path / "4", "b.py", "a.py")) == fingerprint(tmp_path / "1")


def test_one_module_may_be_handed_in_under_any_name(tmp_path: Path) -> None:
    make(tmp_path / "class", "ann_final.py", "bob.py")
    found = find_submissions([tmp_path / "class"], "project3")
    assert [entry.name for entry in found] == ["ann_final", "bob"]
    assert laid(found[0].path, "project3", tmp_path / "out") == ["Project3.py"]


def test_of_several_modules_each_must_have_its_name(tmp_path: Path) -> None:
    file = make(tmp_path / "class", "bob.py") / "bob.py"
    with pytest.raises(DataError, match=r"expected nn_layers\.py, hw5\.py, got bob\.py"):
        laid(file, "hw5", tmp_path / "out")


def test_files_that_are_no_submission_are_told(tmp_path: Path) -> None:
    folder = make(tmp_path / "class", "ann/nn_layers.py", "eva.ipynb", "carl.rar", ".hidden")
    assert [path.name for path in left_out([folder], "hw5")] == ["carl.rar", "eva.ipynb"]
    assert left_out([folder / "ann"], "hw5") == []


def test_one_submission_may_have_folders(tmp_path: Path) -> None:
    folder = make(tmp_path / "submission", "codes/nn_layers.py", "plots/a.txt")
    assert len(find_submissions([folder], "hw5")) == 2
    assert as_one(folder, "hw5") == Submission("submission", folder)
    assert as_one(make(folder, "other/hw5.py"), "hw5") is None


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("work/inner.zip", "a.txt"), "got an archive inside, inner.zip"),
        (("a.txt", "b.pdf"), "got a.txt, b.pdf"),
        (tuple("abcdefg"), "got a, b, c, d, e and 2 more"),
        (("a.ipynb", "b.zip"), "got a notebook, a.ipynb"),
    ],
)
def test_what_is_there_instead_is_told(tmp_path: Path, names: tuple[str, ...], told: str) -> None:
    with pytest.raises(DataError, match=told):
        laid(make(tmp_path / "in", *names), "hw5", tmp_path / "out")


def test_an_empty_folder_has_no_files(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(DataError, match="got no files"):
        laid(tmp_path / "in", "hw5", tmp_path / "out")
