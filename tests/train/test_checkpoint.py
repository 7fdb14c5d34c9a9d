import json

import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import RunError, WeightsError
from handgrad.nn.weights import read, to_bytes
from handgrad.train import Plan, RunFolder, Training, load_checkpoint, save_checkpoint
from tests.engine.engine_cases import make_data, make_net, make_run, same
from tests.train.interrupted import make_training


def advanced(steps):
    training = make_training()
    for _ in range(steps):
        training.advance()
    return training


@pytest.fixture
def folder(tmp_path):
    return RunFolder.create(tmp_path, "test", "", {})


def test_it_brings_a_fresh_training_to_where_the_other_was(folder):
    training, fresh = advanced(12), make_training()
    save_checkpoint(folder, training)
    assert load_checkpoint(folder, fresh)
    assert same(fresh.run.state(), training.run.state())
    assert fresh.progress == training.progress
    assert same(fresh.best_weights, training.best_weights)
    assert training.best_weights
    for _ in range(9):
        ours, theirs = fresh.advance(), training.advance()
        assert (ours is None) == (theirs is None)
    assert same(fresh.run.state(), training.run.state())


def test_without_a_checkpoint_a_run_begins_again(folder):
    training = advanced(4)
    folder.append(training.advance() or make_record())
    fresh = make_training()
    assert not load_checkpoint(folder, fresh)
    assert fresh.progress.step == 0
    assert list(folder.metrics()) == []


def make_record(step=5):
    return hg.Record(step=step, epoch=1, loss=1.0, accuracy=0.5, lr=0.1, images_per_second=1.0)


def test_later_records_are_forgotten(folder):
    for step in (5, 10, 12, 15):
        folder.append(make_record(step))
    save_checkpoint(folder, advanced(12))
    load_checkpoint(folder, make_training())
    assert [record["step"] for record in folder.metrics()] == [5, 10, 12]


def test_parts_that_a_kill_left_are_swept_away(folder):
    save_checkpoint(folder, advanced(3))
    for path in (folder.path, folder.checkpoint.parent):
        (path / ".x.safetensors.abc.part").write_bytes(b"half")
    (folder.path / "mine.part").write_bytes(b"not ours")
    load_checkpoint(folder, make_training())
    assert [path.name for path in folder.path.rglob("*.part")] == ["mine.part"]


def unchanged_by(folder, error, words):
    fresh = make_training()
    before = fresh.run.state()
    with pytest.raises(error) as caught:
        load_checkpoint(folder, fresh)
    for word in words:
        assert word in str(caught.value)
    assert same(fresh.run.state(), before)
    assert fresh.progress.step == 0


def test_a_damaged_checkpoint(folder):
    save_checkpoint(folder, advanced(3))
    whole = folder.checkpoint.read_bytes()
    for content in (b"", whole[:-1], whole[: len(whole) // 2], b"x" + whole[1:]):
        folder.checkpoint.write_bytes(content)
        unchanged_by(folder, WeightsError, ["state.safetensors", "whole safetensors file"])


def test_a_file_that_is_no_checkpoint_or_a_newer_one(folder):
    save_checkpoint(folder, advanced(3))
    arrays, metadata = read(folder.checkpoint)
    for spoilt, words in [
        ({}, ["a checkpoint of a training", "got no format"]),
        (
            metadata | {"format": "handgrad-checkpoint-2"},
            ["got handgrad-checkpoint-2", "Hint: continue it with"],
        ),
        ({"format": metadata["format"]}, ["no progress in it"]),
        (metadata | {"progress": "oops"}, ["no progress in it"]),
        (metadata | {"progress": "[]"}, ["no progress in it"]),
        (metadata | {"progress": json.dumps({"step": 3})}, ["no progress in it"]),
    ]:
        folder.checkpoint.write_bytes(to_bytes(arrays, spoilt))
        unchanged_by(folder, WeightsError, words)


def test_a_checkpoint_of_another_network_or_optimizer(folder):
    for run in (
        make_run(hg.Sequential([hg.Flatten(), hg.Linear(64, 3)])),
        make_run(make_net(), hg.SGD(momentum=0.9), average=hg.ExponentialMovingAverage(0.8)),
        make_run(make_net(), hg.Adam()),
    ):
        other = Training(run, make_data(70), Plan(epochs=1))
        other.advance()
        save_checkpoint(folder, other)
        unchanged_by(folder, WeightsError, ["state.safetensors: expected"])


def test_sizes_left_open_are_known_before_the_checkpoint_is_read(folder):
    def training():
        net = hg.Sequential([hg.Conv2d(None, 2, 3), hg.Flatten(), hg.Linear(None, 3)])
        return Training(make_run(net, average=hg.StochasticWeightAverage()), make_data(70), Plan(epochs=1))

    first, second = training(), training()
    first.advance()
    save_checkpoint(folder, first)
    assert load_checkpoint(folder, second)
    assert same(second.run.state(), first.run.state())


def test_a_folder_that_cannot_take_it(tmp_path):
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(RunError, match="expected a place to write to"):
        save_checkpoint(RunFolder(tmp_path / "file"), advanced(1))
    folder = RunFolder.create(tmp_path, "test", "", {})
    (folder.path / "checkpoint").write_bytes(b"a file in its place")
    with pytest.raises(RunError, match="expected a place to write to"):
        save_checkpoint(folder, advanced(1))


def test_one_state_makes_one_file(folder):
    contents = set()
    for _ in range(5):
        save_checkpoint(folder, advanced(6))
        contents.add(folder.checkpoint.read_bytes())
    assert len(contents) == 1


def test_infinite_bests_survive(folder):
    training = advanced(1)
    assert training.progress.best_loss == np.inf
    save_checkpoint(folder, training)
    fresh = make_training()
    load_checkpoint(folder, fresh)
    assert fresh.progress.best_loss == np.inf
