"""Runs that are stopped, killed or out of space, and go on to the bits of one that never was."""

import errno
import json
import os
import random
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import numpy as np
import pytest

import handgrad as hg
from handgrad import files
from handgrad.errors import NonFiniteError, RunError
from handgrad.nn.weights import read
from handgrad.train import Plan, RunFolder, Training, load_checkpoint, train_in_folder
from tests.engine.engine_cases import make_data, make_run, same
from tests.train.interrupted import CHECKPOINT_EVERY, make_training, run_folder, train


def outcome(runs):
    """Everything that two runs must have in common, the timings taken out."""
    folder = run_folder(runs)
    records = [{k: v for k, v in record.items() if k != "images_per_second"} for record in folder.metrics()]
    return records, folder.model.read_bytes(), folder.checkpoint.read_bytes()


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    runs = tmp_path_factory.mktemp("uninterrupted")
    training = train(runs)
    assert training.progress.finished == "no better validation accuracy for 4 epochs"
    assert 20 < training.progress.best_step == training.progress.step - 20 < 80  # it ends by its patience
    return outcome(runs), training.run.state(), training.progress


def all_can_be_read(folder):
    """What a kill leaves behind is whole; the newest checkpoint is at most an interval old."""
    assert json.loads((folder.path / "run.json").read_text())["format"] == 1
    assert tomllib.loads((folder.path / "recipe.toml").read_text()) == {"epochs": 6}
    records = list(folder.metrics())
    step = 0
    if folder.checkpoint.exists():
        step = json.loads(read(folder.checkpoint)[1]["progress"])["step"]
        make_training().run.network.load(folder.model)
    assert all(record["step"] >= 1 for record in records)
    assert not records or records[-1]["step"] - step <= CHECKPOINT_EVERY
    known = {"run.json", "recipe.toml", "metrics.jsonl", "model.safetensors", "state.safetensors"}
    for path in folder.path.rglob("*"):
        assert path.is_dir() or path.name in known or path.name.endswith(".part")


def program(runs, *what):
    # an interpreter of its own: what is killed is the whole process
    command = [sys.executable, "-m", "tests.train.interrupted", str(runs), *what]
    source = str(Path(hg.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": source, "OPENBLAS_NUM_THREADS": "1"}
    root = Path(__file__).parents[2]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, env=environment)


def finished_like(runs, uninterrupted):
    assert outcome(runs) == uninterrupted[0]
    folder = run_folder(runs)
    assert not list(folder.path.rglob("*.part"))


def lines(runs):
    return sum(path.read_bytes().count(b"\n") for path in runs.glob("*/metrics.jsonl"))


def test_kills_at_random_moments(tmp_path, uninterrupted):
    """Each time some records further and some milliseconds later, wherever the program is then."""
    chance = random.Random(0)
    for _ in range(5):
        with program(tmp_path) as process:
            assert process.stdout.readline() == "ready\n"
            further = lines(tmp_path) + chance.randint(1, 8)
            while lines(tmp_path) < further and process.poll() is None:
                time.sleep(0.0005)
            time.sleep(chance.uniform(0, 0.01))
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert process.returncode == -signal.SIGKILL
        all_can_be_read(run_folder(tmp_path))
    with program(tmp_path) as process:
        assert process.communicate()[0] == "ready\ndone\n"
    finished_like(tmp_path, uninterrupted)


def test_kills_between_any_two_things_that_happen_to_files(tmp_path, uninterrupted):
    """Before the n-th time that a file is opened, synchronised or named, n from 1 to some hundreds."""
    for event in (1, 5, 12, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49):
        with program(tmp_path, str(event)) as process:
            output, _ = process.communicate()
            assert process.returncode in (-signal.SIGKILL, 0)
        folder = run_folder(tmp_path)
        if folder:
            all_can_be_read(folder)
        if output.endswith("done\n"):
            break
    train(tmp_path)
    finished_like(tmp_path, uninterrupted)


@pytest.mark.parametrize("stops", [[1], [6, 8], [7, 14], [33], [19, 20, 21], [-1], [0], [5, 20, 30, -9]])
def test_a_stop_that_is_asked_for_is_a_checkpoint(tmp_path, uninterrupted, stops):
    """After a step, counted from the first, or from the last where it is 0 or less."""
    already = 0
    for step in [stop if stop > 0 else uninterrupted[2].step + stop for stop in stops]:
        asked = iter([False] * (step - already - 1) + [True])
        training = train(tmp_path, stop=asked.__next__)
        assert training.progress.step == step
        assert json.loads(read(run_folder(tmp_path).checkpoint)[1]["progress"])["step"] == step
        already = step
    training = train(tmp_path)
    finished_like(tmp_path, uninterrupted)
    assert same(training.run.state(), uninterrupted[1])
    assert training.progress == uninterrupted[2]


def test_a_finished_run_is_finished(tmp_path, uninterrupted):
    train(tmp_path)
    again = train(tmp_path)
    finished_like(tmp_path, uninterrupted)
    assert same(again.run.state(), uninterrupted[1])


def test_what_it_leaves_is_what_fit_would(uninterrupted):
    training = make_training()
    plan = training.plan
    records = list(
        hg.fit(training.run, training.train, validation=training.validation, watch=training.watch,
               augment=training.augment, epochs=plan.epochs, batch_size=plan.batch_size, every=plan.every,
               log_every=plan.log_every, watch_every=plan.watch_every, patience=plan.patience, keep_best=True,
               seed=plan.seed)
    )  # fmt: skip
    assert [record.to_dict()["loss"] for record in records] == [r["loss"] for r in uninterrupted[0][0]]
    assert same(training.run.state(), uninterrupted[1])


def test_the_model_file_has_the_chosen_weights_and_the_notes(tmp_path):
    training = make_training()
    folder = RunFolder.create(tmp_path, "test", "", {})
    list(train_in_folder(folder, training, checkpoint_every=10**6, notes={"normalisation": "{}"}))
    arrays, metadata = read(folder.model)
    assert metadata["normalisation"] == "{}"
    assert json.loads(metadata["layers"])[0] == "Conv2d(1, 4, 3, bias=False)"
    assert same(arrays, training.best_weights)
    assert same(training.run.network.state_dict(), training.best_weights)
    assert hg.evaluate(training.run, training.validation).accuracy == training.progress.best_accuracy


def test_it_yields_each_record_once_it_is_written(tmp_path):
    folder = RunFolder.create(tmp_path, "test", "", {})
    for count, record in enumerate(train_in_folder(folder, make_training(), checkpoint_every=7), 1):
        written = list(folder.metrics())
        assert len(written) == count
        assert written[-1] == json.loads(json.dumps(record.to_dict()))


def full(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("call", "number"),
    [("fsync", 3), ("fsync", 4), ("fsync", 5), ("fdopen", 2), ("fdopen", 3)],
    ids=["model", "the model's folder", "checkpoint", "model, at once", "checkpoint, at once"],
)
def test_a_full_disk_in_the_middle_of_a_checkpoint(tmp_path, monkeypatch, uninterrupted, call, number):
    """The disk is full from some call on; those before it bring the records back to the checkpoint."""
    train(tmp_path, stop=iter([False] * 13 + [True]).__next__)
    folder = run_folder(tmp_path)
    before, calls, real = folder.checkpoint.read_bytes(), [], getattr(os, call)

    def failing(*arguments, **options):
        calls.append(1)
        return full() if len(calls) >= number else real(*arguments, **options)

    monkeypatch.setattr(files.os, call, failing)
    training = make_training()
    load_checkpoint(folder, training)
    with pytest.raises(RunError, match="No space left on device"):
        list(train_in_folder(folder, training, checkpoint_every=1))
    monkeypatch.undo()
    assert folder.checkpoint.read_bytes() == before
    all_can_be_read(folder)
    assert not list(folder.path.rglob("*.part"))
    train(tmp_path)
    finished_like(tmp_path, uninterrupted)


@pytest.mark.parametrize("from_the_end", [1, 2])
def test_a_run_whose_very_last_file_fails_is_not_finished(tmp_path, monkeypatch, from_the_end):
    """Model and checkpoint of the end are two files: whichever is missing is made again."""
    names, real = [], os.replace

    def trained(folder):
        training = Training(make_run(), make_data(70), Plan(epochs=2, batch_size=16))
        load_checkpoint(folder, training)
        list(train_in_folder(folder, training, checkpoint_every=4))
        return folder.model.read_bytes(), folder.checkpoint.read_bytes()

    def replace(part, path):
        if len(names) + 1 == last:
            full()
        names.append(path)
        real(part, path)

    whole, broken = (RunFolder.create(tmp_path / name, "test", "", {}) for name in ("whole", "broken"))
    last = 0
    monkeypatch.setattr(files.os, "replace", replace)
    expected = trained(whole)
    last, names[:] = len(names) + 1 - from_the_end, []
    with pytest.raises(RunError):
        trained(broken)
    monkeypatch.undo()
    assert trained(broken) == expected


def test_a_file_that_outgrows_its_limit(tmp_path, uninterrupted):
    pytest.importorskip("resource")
    train(tmp_path, stop=iter([False] * 13 + [True]).__next__)
    folder = run_folder(tmp_path)
    before = folder.checkpoint.read_bytes()
    limit = folder.model.stat().st_size + 1000  # enough for the model, too little for the checkpoint
    assert limit < len(before)
    with program(tmp_path, f"bytes={limit}") as process:
        output, _ = process.communicate()
    assert f"{folder.checkpoint}: expected a place to write to, got File too large." in output
    assert folder.checkpoint.read_bytes() == before
    all_can_be_read(folder)
    assert not list(folder.path.rglob("*.part"))
    train(tmp_path)
    finished_like(tmp_path, uninterrupted)


def test_metrics_that_cannot_be_written_stop_the_run(tmp_path, monkeypatch, uninterrupted):
    train(tmp_path, stop=iter([False] * 13 + [True]).__next__)
    folder, training = run_folder(tmp_path), make_training()
    before = folder.checkpoint.read_bytes()
    load_checkpoint(folder, training)
    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(RunError, match=r"metrics\.jsonl: expected a place to write to, got No space left"):
        list(train_in_folder(folder, training, checkpoint_every=7))
    monkeypatch.undo()
    assert folder.checkpoint.read_bytes() == before
    train(tmp_path)
    finished_like(tmp_path, uninterrupted)


def exploding(at):
    """A training whose update at one step throws the weights out of all numbers."""
    net = hg.Sequential([hg.Flatten(), hg.Linear(64, 3)])
    run = make_run(net, hg.SGD(lr=1.0), schedule=hg.LambdaLR(lambda step: 0.01 if step != at - 1 else 1e38))
    data = hg.Dataset(np.full((50, 8, 8), 5e3, "f"), make_data(50).labels)
    return Training(run, data, Plan(epochs=5, batch_size=16))


@pytest.mark.parametrize("at", [6, 7, 8, 20])
def test_the_last_checkpoint_of_a_run_that_explodes_is_a_good_one(tmp_path, at):
    """Also where the update that goes wrong is the very one before a checkpoint, or the last of all."""
    folder = RunFolder.create(tmp_path, "test", "", {})
    with pytest.raises(NonFiniteError) as caught:
        list(train_in_folder(folder, exploding(at), checkpoint_every=1))
    assert f"step {at}" in str(caught.value)
    assert "0.weight" in str(caught.value) or "1.weight" in str(caught.value)
    good = exploding(at)
    assert load_checkpoint(folder, good)
    assert good.progress.step == at - 1
    for path in (folder.model, folder.checkpoint):
        assert all(np.isfinite(array).all() for array in read(path)[0].values())


def test_the_network_is_its_own_after_a_failed_save(tmp_path, monkeypatch):
    """The file gets the averaged weights; the network has its own again, whatever happens to the file."""
    training = make_training()
    folder = RunFolder.create(tmp_path, "test", "", {})
    seen = []

    def interrupt():
        if training.progress.step < 5:
            return False
        seen.append(training.run.network.state_dict())
        monkeypatch.setattr(files.os, "fsync", full)
        return True

    with pytest.raises(RunError):
        list(train_in_folder(folder, training, checkpoint_every=10**6, stop=interrupt))
    monkeypatch.undo()
    assert not same(seen[0], training.chosen_weights())
    assert same(training.run.network.state_dict(), seen[0])
