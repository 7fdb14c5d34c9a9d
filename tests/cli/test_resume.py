"""Stopping a training, by Ctrl-C and by kill -9, and going on with it."""

import json
import re
import signal
import sys
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from tests.cli.commands import ON_DIGITS, handgrad, started, train
from tests.cli.test_mistakes import refused, save_images

TIMINGS = {"images_per_second", "seconds"}
LONG = (*ON_DIGITS, "--epochs", "4", "--batch-size", "4", "--set", "train.log_every=100")  # 1,300 steps
NETWORK = 'network.layers=["Flatten()","Dropout(0.2)","Linear(784,64)","Sigmoid()","Linear(64,10)"]'
SETTINGS = ("--set", "train.checkpoint_every=50", "--set", "optimizer.momentum=0.9", "--set", NETWORK)


def metrics(run: Path) -> list[dict[str, object]]:
    records = map(json.loads, (run / "metrics.jsonl").read_text().splitlines())
    return [{key: value for key, value in record.items() if key not in TIMINGS} for record in records]


def assert_same_run(run: Path, other: Path) -> None:
    assert metrics(run) == metrics(other)
    for name in ("model.safetensors", "checkpoint/state.safetensors"):
        found, expected = load_file(run / name), load_file(other / name)
        assert found.keys() == expected.keys()
        assert all((found[key] == expected[key]).all() for key in found)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_ctrl_c_and_kill_lose_no_bit(nowhere: Path) -> None:
    whole = Path(train(*LONG[4:], *SETTINGS, "--quiet")["run"])

    with started("train", "mlp", *LONG, *SETTINGS, "--runs", "stopped", cwd=nowhere) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("step    200"):
                break
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    (run,) = (nowhere / "stopped").iterdir()
    found = re.search(r"after step ([\d,]+); go on with: handgrad (train --resume \S+)", err)
    assert found, err
    stopped_at = int(found[1].replace(",", ""))
    assert 200 <= stopped_at < 1300
    assert not (run / "result.json").exists()
    assert handgrad("evaluate", run).code == 0  # what there is can be used

    with started(*found[2].split(), cwd=nowhere) as process:
        assert process.stdout is not None
        assert f"after step {stopped_at:,} of 1,300" in process.stdout.readline()
        for line in process.stdout:
            if line.startswith("step    600"):
                break
        process.kill()
        process.communicate(timeout=60)
    assert not (run / "result.json").exists()

    answer = handgrad(*found[2].split(), "--quiet", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["steps"] == 1300
    assert_same_run(run, whole)


def test_a_second_ctrl_c_stops_at_once(nowhere: Path) -> None:
    slow = ("train", "lenet", *ON_DIGITS, "--batch-size", 1297, "--set", "train.log_every=1")
    with started(*slow, cwd=nowhere) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert any(line.startswith("step") for line in process.stdout)  # reads until the first one
        process.send_signal(signal.SIGINT)
        assert any("press Ctrl-C again" in line for line in process.stderr)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT
    assert "Traceback" not in err


def test_a_run_that_was_stopped_before_its_first_checkpoint_begins_again() -> None:
    whole = Path(train("--steps", 7)["run"])
    before = metrics(whole)
    for name in ("model.safetensors", "checkpoint/state.safetensors", "result.json"):
        (whole / name).unlink()
    assert handgrad("train", "--resume", whole, "--quiet").code == 0
    assert metrics(whole) == before


def test_a_finished_run_says_so_and_stays_as_it_is() -> None:
    first = train("--steps", 2)
    run = Path(first["run"])
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    answer = handgrad("train", "--resume", run, "--json")
    assert (answer.code, answer.json) == (0, first)
    assert "is finished: all steps made; nothing was changed" in answer.out
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "setting",
    [
        ("--epochs", 3),
        ("--lr", 0.1),
        ("--set", "train.batch_size=3"),
        ("--data", "digits"),
        ("--engine", "reference"),
        ("--runs", "x"),
    ],
)
def test_other_settings_are_refused(setting: tuple[str, object], trained: Path) -> None:
    assert "no other settings" in refused("train", "--resume", trained, *setting)


def test_other_data_are_refused() -> None:
    save_images(Path("mine"), 28)
    answer = handgrad("train", "mlp", "--data", "mine", "--no-verify", "--steps", 1, "--json")
    run = Path(answer.json["run"])
    (run / "result.json").unlink()
    assert handgrad("train", "--resume", run, "--quiet").code == 0  # its recipe says that they are one's own
    (run / "result.json").unlink()
    images = Path("mine/train_images.npy")
    content = bytearray(images.read_bytes())
    content[-1] ^= 1
    images.write_bytes(content)
    assert "other files of mine" in refused("train", "--resume", run)


def test_imported_weights_cannot_be_gone_on_with(trained: Path) -> None:
    weights = trained / "model.safetensors"
    run = handgrad("import", weights, "--recipe", trained / "recipe.toml", "--json").json["run"]
    assert "weights imported from" in refused("train", "--resume", run)
