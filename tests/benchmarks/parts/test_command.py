import argparse
import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.parts import command
from handgrad.errors import ArgumentError, DataError
from handgrad.recipes import find_recipe
from tests.benchmarks.made_images import write_noise


def parsed(*words: str) -> argparse.Namespace:
    parser = command.command("About this.")
    command.add_data_options(parser)
    return parser.parse_args(words)


def test_nothing_is_held_out(tmp_path: Path) -> None:
    images, labels = write_noise(tmp_path, train=30, test=12)
    asked = parsed("--data-dir", str(tmp_path), "--no-verify")
    splits = command.load_all(find_recipe("lenet"), asked)
    np.testing.assert_array_equal(splits.train.images, images)
    np.testing.assert_array_equal(splits.train.labels, labels)
    assert splits.train.classes == 10
    assert len(splits.test) == 12
    facts = command.data_facts(splits, asked)
    assert (facts["train_images"], facts["test_images"], facts["verified"]) == (30, 12, False)
    assert len(facts["checksums"]) == 4


def test_the_first_images_are_enough_to_try_it(tmp_path: Path) -> None:
    images, _ = write_noise(tmp_path, train=30, test=12)
    asked = parsed("--data-dir", str(tmp_path), "--no-verify", "--train-images", "7")
    splits = command.load_all(find_recipe("lenet"), asked)
    np.testing.assert_array_equal(splits.train.images, images[:7])
    assert len(splits.test) == 12


def test_noise_is_not_taken_for_mnist(tmp_path: Path) -> None:
    write_noise(tmp_path, train=30, test=12)
    with pytest.raises(DataError):
        command.load_all(find_recipe("lenet"), parsed("--data-dir", str(tmp_path)))


def test_a_place_that_is_not_there_shows_at_once(tmp_path: Path) -> None:
    command.check_place(parsed("--out", str(tmp_path / "a.json")))
    with pytest.raises(ArgumentError, match="no such folder"):
        command.check_place(parsed("--out", str(tmp_path / "none" / "a.json")))


def test_results_go_where_they_were_asked_to(tmp_path: Path, capsys) -> None:
    command.deliver({"a": 1}, parsed())
    assert capsys.readouterr().out == ""
    command.deliver({"a": 1}, parsed("--json", "--out", str(tmp_path / "a.json")))
    assert json.loads(capsys.readouterr().out) == json.loads((tmp_path / "a.json").read_text()) == {"a": 1}


def test_a_mistake_is_one_sentence() -> None:
    with pytest.raises(SystemExit) as left, command.errors_in_a_sentence():
        raise ArgumentError("threads", expected="some", got="none")
    assert left.value.code == "handgrad: threads: expected some, got none."


@pytest.mark.parametrize("word", ["0", "-1", "many"])
def test_counts_are_whole_and_above_zero(word: str, capsys) -> None:
    with pytest.raises(SystemExit):
        parsed("--train-images", word)
    assert "--train-images" in capsys.readouterr().err
