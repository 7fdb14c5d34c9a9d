"""A run within Python: begun, stopped, continued, finished, opened."""

from pathlib import Path

import numpy as np
import pytest

import handgrad as hg
from handgrad.data import Splits, load_digits
from handgrad.errors import DataError, NonFiniteError, RecipeError, RunError
from handgrad.recipes import Recipe, begin, find_recipe, override, recipe_of, result_of, resume
from handgrad.train import RunFolder


@pytest.fixture(scope="module")
def digits() -> Splits:
    return load_digits()


def small(*settings: str) -> Recipe:
    return override(find_recipe("mlp"), ["data.train_images=200", "train.batch_size=20", *settings])


def test_begun_stopped_continued_finished(digits: Splits, tmp_path: Path) -> None:
    recipe = small("train.epochs=2", "train.every=4", "data.mean=0.3")
    running = begin(recipe, digits, tmp_path, engine="reference", threads=1)
    assert recipe_of(running.folder) == recipe
    steps = iter(range(100))
    list(running.train(stop=lambda: next(steps) == 5))
    assert running.training.progress.step == 6
    folder = RunFolder.open(running.folder.path)
    assert result_of(folder) is None
    with pytest.raises(RunError, match="nobody is training"):
        resume(folder, digits)
    del running
    again = resume(folder, digits)
    assert (again.training.progress.step, again.training.run.threads) == (6, 1)
    list(again.train())
    result = again.finish()
    assert result == result_of(folder)
    assert (result["steps"], result["epochs"], result["parameters"]) == (20, 2, 50_890)
    assert [record["step"] for record in folder.metrics()] == [4, 8, 10, 12, 16, 20]

    trained = hg.load(folder.path)
    assert trained.recipe == recipe
    assert trained.normalisation == hg.Normalisation(0.3)
    scores = trained.predict(digits.test.images)
    assert (scores.argmax(axis=1) == digits.test.labels).mean() == result["test_accuracy"]
    assert (trained.predict(digits.test.images[:, None]) == scores).all()  # (N, C, H, W) as (N, H, W)
    probabilities = trained.probabilities(digits.test.images)
    assert probabilities is not None
    expected = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(probabilities, expected, rtol=1e-5)
    with pytest.raises(RecipeError, match="these images"):
        trained.predict(np.zeros((2, 8, 8), np.uint8))


def test_other_data_are_refused(digits: Splits, tmp_path: Path) -> None:
    running = begin(small("train.steps=1"), digits, tmp_path, engine="reference", threads=1)
    digits.train.checksums["train-labels-idx1-ubyte"] += "0"
    try:
        with pytest.raises(DataError, match="begun with, digits"):
            resume(running.folder, digits)
    finally:
        digits.train.checksums["train-labels-idx1-ubyte"] = digits.test.checksums["train-labels-idx1-ubyte"]


def test_what_is_not_finite_says_where_the_checkpoint_is(digits: Splits, tmp_path: Path) -> None:
    recipe = small("train.steps=99", "train.checkpoint_every=1", "optimizer.lr=1e38", "loss.type=MSELoss")
    running = begin(recipe, digits, tmp_path, engine="reference", threads=1)
    with pytest.raises(NonFiniteError) as error:
        list(running.train())
    kept = running.folder.checkpoint.exists()
    assert (str(running.folder.path) in error.value.hint) == kept


def test_facts_that_are_missing(digits: Splits, tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path, "mlp", small("train.steps=1").to_toml(), {"threads": 1})
    with pytest.raises(RunError, match="without what is needed"):
        resume(folder, digits)
    folder.write_json("run.json", {"format": 1, "imported": "weights.safetensors"})
    with pytest.raises(RunError, match=r"imported from weights\.safetensors"):
        resume(folder, digits)
