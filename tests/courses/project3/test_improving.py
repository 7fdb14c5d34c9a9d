from types import SimpleNamespace

import pytest

import handgrad as hg
from handgrad.courses.project3 import improving
from handgrad.courses.project3.distorted import DISTORTIONS, Images
from handgrad.courses.project3.fitting import fitted
from handgrad.courses.project3.improving import Ingredient, Option, improve, recorded
from handgrad.recipes import build_network, find_recipe, override


@pytest.mark.parametrize(("recipe", "hidden"), [("mlp", (64, 784)), ("convnet", (120, 256))])
def test_every_recorded_option_can_be_trained(recipe, hidden):
    """Each keeps the course's network: dropout at most is added."""
    stated = build_network(find_recipe(recipe)).parameters()
    for ingredient in recorded(recipe):
        for option in ingredient.options:
            assert option.distortion in ("", *DISTORTIONS)
            assert 0.9 < option.validation < 1
            built = build_network(override(find_recipe(recipe), option.settings)).parameters()
            assert [item.shape for item in built.values()] == [item.shape for item in stated.values()]
            assert hidden in [item.shape for item in built.values()]


def test_the_winner_has_the_best_recorded_accuracy():
    options = [
        Option("a", 1, validation=0.9),
        Option("b", 1, validation=0.95),
        Option("c", 1, validation=0.95),
    ]
    assert Ingredient("x", options).winner.what == "b"


@pytest.mark.parametrize("search", [False, True])
def test_a_replay_trains_the_winners_and_a_search_everything(monkeypatch, search):
    slow, fast = ("optimizer.lr=1e-6",), ("optimizer.lr=0.5",)
    options = [Option("slow", 10, slow, validation=0.99), Option("fast", 10, fast, "affine", validation=0.5)]
    monkeypatch.setattr(improving, "recorded", lambda recipe: [Ingredient("rate", options)])
    told: list[str] = []
    study = SimpleNamespace(quick=True, search=search, threads=1, say=told.append)
    splits = hg.load_digits().limit(train=300, validation=100, test=10)
    stated = fitted(study, "mlp", ["train.epochs=1"], splits=splits, label="stated")
    result = improve(study, "mlp", splits, Images(splits.train, 1, 1), stated)
    trained = [line.split("(")[1].split(")")[0] for line in told[1:]]
    assert trained == (["slow", "fast"] if search else ["slow"])
    assert [row["name"] for row in result.rows] == ["as stated", "rate"]
    assert result.rows[1]["what"] == ("fast" if search else "slow")
    assert [item["what"] for item in result.tried] == ["slow", "fast"]
    if search:
        assert result.tried[1]["validation"] == result.rows[1]["validation"]
        assert result.rows[1]["images"] == 600  # with a distorted copy of each
        assert result.rows[1]["steps"] == 2 * 2  # a fifth of ten passes over 300 images, 256 at a time
    else:
        assert [item["validation"] for item in result.tried] == [0.99, 0.5]
    best = max(result.rows, key=lambda row: row["validation"])
    assert result.chosen is best
