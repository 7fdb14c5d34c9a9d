import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from benchmarks import agreement
from benchmarks.agreement import Curve, Trial, differences, farthest, spread
from handgrad.data import Dataset, Splits
from handgrad.recipes import find_recipe
from tests.benchmarks.made_images import noise, write_noise

SCRIPT = Path(agreement.__file__)


def test_the_farthest_step_is_the_first_of_equals() -> None:
    assert farthest([1.0, 1.0, 3.0, 4.0], [1.0, 3.0, 1.0, 4.5]) == (2.0, 2)
    assert farthest([1.0], [1.0]) == (0.0, 1)


def test_curves_of_different_lengths_are_not_compared() -> None:
    with pytest.raises(ValueError, match="zip"):
        farthest([1.0, 2.0], [1.0])


def test_every_two_engines_are_compared() -> None:
    curves = {
        "a": Curve((2.0, 1.0), (0.5, 0.75), 0.9),
        "b": Curve((2.0, 1.5), (0.5, 0.5), 0.8),
        "c": Curve((1.0, 1.0), (0.25, 0.75), 0.9),
    }
    found = {each.engines: each for each in differences(curves)}
    assert list(found) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert (found["a", "b"].loss, found["a", "b"].loss_step) == (0.5, 2)
    assert (found["a", "c"].accuracy, found["a", "c"].accuracy_step) == (0.25, 1)
    assert found["b", "c"].test_accuracy == pytest.approx(0.1)


def test_the_spread_over_seeds() -> None:
    accuracies = {"a": [0.98, 0.99, 0.991], "b": [0.99, 0.99, 0.99]}
    found = spread(accuracies)
    assert found["mean"] == pytest.approx({name: np.mean(each) for name, each in accuracies.items()})
    assert found["deviation"] == pytest.approx(
        {name: np.std(each, ddof=1) for name, each in accuracies.items()}
    )
    assert found["largest_difference_of_means"] == pytest.approx(0.99 - np.mean(accuracies["a"]))
    assert spread({"a": [0.5]})["deviation"] == {"a": None}


def test_a_seed_decides_on_weights_and_batches() -> None:
    part = Dataset(*noise(130, 0))
    trial = Trial(find_recipe("lenet"), Splits(part, part, part.take(range(10))), threads=1)
    first, again, other = (trial.curve("compiled", seed, steps=1) for seed in (0, 0, 1))
    assert first == again
    assert first.loss != other.loss
    assert len(trial.curve("compiled", 0, epochs=1).loss) == 3


def test_a_small_trial_from_beginning_to_end(tmp_path: Path) -> None:
    write_noise(tmp_path / "data", train=130, test=50)
    words = ["--data-dir", "data", "--no-verify", "--steps", "3", "--seeds", "1", "--threads", "1"]
    command = [sys.executable, str(SCRIPT), *words, "--train-images", "128", "--json", "--out", "a.json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found == json.loads((tmp_path / "a.json").read_text())
    engines = ["compiled", "reference", *(["torch"] if find_spec("torch") else [])]
    assert list(found["curves"]) == list(found["final"]["accuracies"]) == engines
    losses = np.array([curve["loss"] for curve in found["curves"].values()])
    assert losses.shape == (len(engines), 3)  # engines, steps
    np.testing.assert_allclose(losses, np.broadcast_to(losses[0], losses.shape), rtol=1e-4)
    assert len(set(losses[0])) == 3
    assert len(found["differences"]) == len(engines) * (len(engines) - 1) // 2
    assert max(each["loss"] for each in found["differences"]) < 1e-3
    assert all(len(each) == 1 for each in found["final"]["accuracies"].values())
    assert found["data"]["train_images"] == 128
