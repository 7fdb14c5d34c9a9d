"""``handgrad train``: what it prints, where, and what its settings do."""

import json
import os
import pty
import re
import select
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from tests.cli.commands import ON_DIGITS, handgrad, train
from tests.cli.test_mistakes import save_images

PROMISED = {
    *("recipe", "engine", "seed", "steps", "epochs", "train_loss", "validation_accuracy", "test_accuracy"),
    *("seconds", "images_per_second", "run"),
}


def recipe_of(run: str | Path) -> dict[str, dict[str, object]]:
    return tomllib.loads((Path(run) / "recipe.toml").read_text())


def test_json_is_the_last_line_and_holds_what_was_promised() -> None:
    answer = handgrad("train", "mlp", *ON_DIGITS, "--steps", 8, "--set", "train.log_every=4", "--json")
    result = answer.json
    assert result.keys() >= PROMISED
    assert (result["recipe"], result["engine"], result["seed"], result["steps"]) == ("mlp", "compiled", 0, 8)
    assert result["epochs"] == round(8 / 6, 4)  # 1,297 images in batches of 256: 6 steps an epoch
    records = [line for line in answer.out.splitlines() if line.startswith("step")]
    assert [line.split()[1] for line in records] == ["4", "6", "8"]
    assert f"{result['train_loss']:.4f}" in records[-1]
    assert f"{result['validation_accuracy']:.2%}" in records[-1]
    assert answer.err == ""


def test_plain_lines_where_there_is_no_terminal() -> None:
    out = handgrad("train", "mlp", *ON_DIGITS, "--epochs", 1).out
    assert "\x1b" not in out
    assert "\r" not in out
    assert "50,890" in out
    assert "1,297 / 250 / 250 images" in out


def test_quiet_prints_nothing_but_the_end() -> None:
    assert handgrad("train", "mlp", *ON_DIGITS, "--steps", 1, "--quiet").out.count("\n") == 1
    answer = handgrad("train", "mlp", *ON_DIGITS, "--steps", 1, "--quiet", "--json")
    assert answer.out.count("\n") == 1
    assert answer.json["steps"] == 1


def in_a_terminal(*arguments: str, **environment: str) -> str:
    """What a terminal of 100 columns is sent."""
    ours, theirs = pty.openpty()
    surroundings = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **environment}
    command = [sys.executable, "-m", "handgrad", *arguments]
    process = subprocess.Popen(command, stdout=theirs, stderr=theirs, env=surroundings)
    os.close(theirs)
    shown = b""
    while process.poll() is None or select.select([ours], [], [], 0)[0]:
        if select.select([ours], [], [], 0.1)[0]:
            try:
                shown += os.read(ours, 65536)
            except OSError:  # the other side is closed
                break
    os.close(ours)
    assert process.wait() == 0, shown.decode()
    return shown.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_bar_in_a_terminal() -> None:
    arguments = ("train", "mlp", *ON_DIGITS, "--epochs", "20")
    shown = in_a_terminal(*arguments)
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    assert "━" in shown
    assert re.search(r"step +\d+/120 .*loss \d\.\d+  accuracy \d+\.\d+%  [\d,]+ images/s", plain)
    assert re.search(r"\x1b\[[0-9;]*3\d", shown)  # colours
    without = in_a_terminal(*arguments, NO_COLOR="1")
    assert "━" in without
    assert not re.search(r"\x1b\[(?:\d+;)*(?:3[0-7]|38|9[0-7])[;m]", without)
    assert "\x1b" not in in_a_terminal(*arguments, "--quiet")


def test_settings_of_every_kind_end_in_the_recipe_of_the_run() -> None:
    result = train(
        *("--set", "optimizer.type=Adam", "--set", "optimizer.betas=[0.8, 0.99]", "--lr", 0.002),
        *("--set", "train.keep_best=true", "--set", "description=changed", "--batch-size", 100),
        *("--set", "network.weight_init=Normal(std=0.05)", "--set", "data.train_images=300"),
        *("--steps", 2, "--seed", 7, "--quiet"),
    )
    written = recipe_of(result["run"])
    assert written["optimizer"] == {"type": "Adam", "betas": [0.8, 0.99], "lr": 0.002}  # SGD's keys are gone
    assert written["train"].items() >= {"keep_best": True, "batch_size": 100, "steps": 2, "seed": 7}.items()
    assert "epochs" not in written["train"]
    assert written["network"]["weight_init"] == "Normal(std=0.05)"
    assert (written["description"], written["data"]["name"]) == ("changed", "digits")
    assert (result["seed"], result["steps"], result["epochs"]) == (7, 2, 0.6667)


def test_the_recipe_of_a_run_repeats_it_bit_for_bit() -> None:
    first = train("--steps", 7, "--seed", 3, "--set", "optimizer.momentum=0.5", "--quiet")
    again = handgrad("train", Path(first["run"]) / "recipe.toml", "--threads", 1, "--quiet", "--json").json
    other = train("--steps", 7, "--seed", 4, "--set", "optimizer.momentum=0.5", "--quiet")
    states = [load_file(Path(result["run"]) / "model.safetensors") for result in (first, again, other)]
    assert all((states[0][name] == states[1][name]).all() for name in states[0])
    assert any((states[0][name] != states[2][name]).any() for name in states[0])
    assert first["test_accuracy"] == again["test_accuracy"]


def test_a_recipe_and_images_of_ones_own() -> None:
    save_images(Path("mine"), 8)
    text = """
        name = "my-own"
        [network]
        layers = ["Flatten()", "Linear(64, 10)"]
        input_shape = [1, 8, 8]
        [optimizer]
        type = "SGD"
        lr = 0.1
        [train]
        epochs = 2
        batch_size = 16
    """
    Path("mine.toml").write_text(text)
    answer = handgrad("train", "mine.toml", "--data", "mine", "--no-verify", "--json")
    assert answer.code == 0, answer.err
    assert (answer.json["data"], answer.json["steps"]) == ("mine", 6)
    run = answer.json["run"]
    assert recipe_of(run)["data"]["name"] == str(Path("mine").resolve())  # found again from anywhere
    assert handgrad("train", f"{run}/recipe.toml", "--no-verify").code == 0
    assert handgrad("evaluate", run, "--no-verify", "--json").json["images"] == 10


def test_without_mnist_and_network_it_trains_on_digits_and_says_so_loudly() -> None:
    answer = handgrad("train", "mlp", "--steps", 1, "--json")
    assert (answer.code, answer.json["data"]) == (0, "digits")
    assert "THIS IS NOT MNIST" in answer.err
    assert recipe_of(answer.json["run"])["data"]["name"] == "digits"
    assert handgrad("evaluate", answer.json["run"]).err == ""  # the run knows now what it was trained on


def test_a_finished_run_writes_what_it_says() -> None:
    result = train("--steps", 3)
    run = Path(result["run"])
    assert json.loads((run / "result.json").read_text()) == result
    lines = (run / "metrics.jsonl").read_text().splitlines()
    assert json.loads(lines[-1])["loss"] == result["train_loss"]
    assert {"model.safetensors", "recipe.toml", "run.json", "checkpoint"} <= {p.name for p in run.iterdir()}
