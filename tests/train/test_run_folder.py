import json
import os
import tomllib
from pathlib import Path

import pytest

import handgrad as hg
from handgrad.errors import RunError
from handgrad.train import Evaluation, RunFolder, run_folder


def make_record(step, **more):
    return hg.Record(
        step=step, epoch=1, loss=0.1 + 0.2, accuracy=1 / 3, lr=0.1, images_per_second=9.9, **more
    )


def test_what_a_new_folder_has(tmp_path):
    folder = RunFolder.create(
        tmp_path / "new" / "runs", "lenet", 'name = "lenet"\n', {"seed": 3, "data": {"n": 1}}
    )
    assert sorted(path.name for path in folder.path.iterdir()) == ["recipe.toml", "run.json"]
    assert folder.path.parent == tmp_path / "new" / "runs"
    name, date, time = folder.path.name.split("-")
    assert (name, len(date), len(time)) == ("lenet", 8, 6)
    assert tomllib.loads(folder.read("recipe.toml")) == {"name": "lenet"}
    facts = folder.read_json("run.json")
    assert (facts["format"], facts["seed"], facts["data"]) == (1, 3, {"n": 1})
    assert facts["cores"] == os.cpu_count()
    for key in ("handgrad", "python", "numpy", "scipy", "safetensors", "platform", "cpu", "started"):
        assert isinstance(facts[key], str), key
        assert facts[key], key
    assert RunFolder.open(folder.path) == folder


def test_runs_of_the_same_second_have_folders_of_their_own(tmp_path, monkeypatch):
    monkeypatch.setattr(run_folder.time, "strftime", lambda *_: "20260101-120000")
    names = [RunFolder.create(tmp_path, "a", "", {"i": i}).path.name for i in range(3)]
    assert names == ["a-20260101-120000", "a-20260101-120000-2", "a-20260101-120000-3"]
    assert [RunFolder(tmp_path / name).read_json("run.json")["i"] for name in names] == [0, 1, 2]


def test_places_where_no_folder_can_be(tmp_path):
    (tmp_path / "file").write_bytes(b"mine")
    for parent in (tmp_path / "file", tmp_path / "file" / "runs", Path("/proc/runs")):
        with pytest.raises(RunError) as caught:
            RunFolder.create(parent, "a", "", {})
        assert str(parent) in str(caught.value)
        assert "expected a place to write to" in str(caught.value)
    assert (tmp_path / "file").read_bytes() == b"mine"


def test_folders_that_are_no_run(tmp_path):
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(RunError, match="expected a run folder, got no run"):
            RunFolder.open(path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"format": 2}', ["format 1 or older", "format 2, of a newer handgrad", "Hint: update handgrad"]),
        ('{"format": "x"}', ["format x"]),
        (
            '{"course": "thu"}',
            ["expected the folder of a training run, got one of something else, such as a course"],
        ),
        ("[1]", ["expected a JSON object, got list"]),
        ('{"format"', ["run.json: expected JSON"]),
        ("", ["run.json: expected JSON"]),
    ],
)
def test_a_newer_or_damaged_run_is_refused_and_left_alone(tmp_path, text, words):
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(RunError) as caught:
        RunFolder.open(tmp_path)
    for word in words:
        assert word in str(caught.value)
    assert ("newer handgrad" in str(caught.value)) == ('"format":' in text)
    assert (tmp_path / "run.json").read_text() == text


def test_files_that_cannot_be_read(tmp_path):
    folder = RunFolder(tmp_path)
    with pytest.raises(RunError, match="expected a readable file"):
        folder.read("recipe.toml")
    (tmp_path / "recipe.toml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(RunError, match="expected a readable file"):
        folder.read("recipe.toml")


def test_records_come_back_as_they_were(tmp_path):
    folder = RunFolder(tmp_path)
    assert list(folder.metrics()) == []
    records = [
        make_record(1),
        make_record(2, validation=Evaluation(0.5, 0.25, 4), watch={"a": Evaluation(1, 0, 2)}),
    ]
    for record in records:
        folder.append(record)
        assert (tmp_path / "metrics.jsonl").read_text().endswith("}\n")  # on its way to the disk at once
    assert list(folder.metrics()) == [record.to_dict() for record in records]


def test_a_last_line_that_was_cut_is_passed_over(tmp_path):
    folder = RunFolder(tmp_path)
    for step in (1, 2, 3):
        folder.append(make_record(step))
    path = tmp_path / "metrics.jsonl"
    whole = path.read_bytes()
    last = whole.splitlines(keepends=True)[-1]
    for cut in range(1, len(last)):
        path.write_bytes(whole[:-cut])
        found = [record["step"] for record in folder.metrics()]
        assert found == ([1, 2, 3] if cut == 1 else [1, 2])
    path.write_bytes(whole[: -len(last)] + bytes(200))  # what a file system may leave after a power cut
    assert [record["step"] for record in folder.metrics()] == [1, 2]


def test_rewinding_forgets_later_records_and_mends_the_file(tmp_path):
    folder = RunFolder(tmp_path)
    for step in (1, 2, 3, 4):
        folder.append(make_record(step))
    path = tmp_path / "metrics.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(path.read_bytes() + b'{"step": 5, "epo')
    folder.rewind(3)
    assert path.read_bytes() == b"".join(lines[:3])  # byte for byte what they were
    folder.append(make_record(4))
    assert [record["step"] for record in folder.metrics()] == [1, 2, 3, 4]
    folder.rewind(0)
    assert path.read_bytes() == b""


def test_files_are_replaced_whole(tmp_path):
    folder = RunFolder(tmp_path)
    folder.write_json("result.json", {"a": 1})
    folder.write_json("result.json", {"b": [1, 2]})
    assert json.loads((tmp_path / "result.json").read_text()) == {"b": [1, 2]}
    assert (tmp_path / "result.json").read_text().endswith("}\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("processor\t: 0\nmodel name\t: Fast CPU @ 3: GHz\nmodel name\t: B\n", "Fast CPU @ 3: GHz")],
)
def test_the_processors_name(monkeypatch, text, expected):
    monkeypatch.setattr(run_folder.Path, "read_text", lambda _: text)
    assert run_folder.cpu_name() == expected

    def missing(_):
        raise FileNotFoundError

    monkeypatch.setattr(run_folder.Path, "read_text", missing)
    assert run_folder.cpu_name()
