from importlib import import_module
from typing import Any

import numpy as np
import pytest

from benchmarks.parts.fast_sides import Handgrad, Mark
from handgrad.data import Dataset, Splits
from handgrad.errors import ArgumentError
from handgrad.recipes import Recipe, build_network, build_run, find_recipe, override
from handgrad.train import fit
from handgrad.train.evaluate import predicted_classes
from tests.benchmarks.made_images import easy


@pytest.fixture(scope="module")
def data() -> Splits:
    return Splits(*(Dataset(*easy(count, seed)) for count, seed in ((300, 0), (20, 1), (150, 2))))


def recipe(*settings: str) -> Recipe:
    layers = 'network.layers=["Flatten()", "Linear(784, 10)"]'
    plain = ["optimizer.type=SGD", "optimizer.lr=0.02", "train.epochs=2", "train.batch_size=64"]
    return override(override(find_recipe("mlp"), [layers, *plain]), settings)


def test_handgrad_counts_what_its_own_prediction_gets_right(data: Splits) -> None:
    mine = recipe("train.epochs=9", "train.seed=3")
    outcome = Handgrad(recipe("train.epochs=9"), data, threads=1, warm=False)(3)
    run = build_run(mine, build_network(mine), engine="reference", threads=1)
    for _ in fit(run, data.train, epochs=9, batch_size=64):
        pass
    assert outcome.correct == np.sum(predicted_classes(run, data.test) == data.test.labels) > 75
    assert (outcome.seed, outcome.images) == (3, 150)
    assert outcome.seconds > 0


def test_the_network_ends_with_what_fit_would_give_it(data: Splits) -> None:
    average = ("train.seed=3", "average.type=ExponentialMovingAverage", "average.decay=0.5")
    side = Handgrad(recipe(*average), data, threads=1, warm=False)
    run = build_run(side.recipe, build_network(side.recipe), engine="compiled", threads=1)
    for _ in fit(run, data.train, epochs=2, batch_size=64):
        pass
    found = side._trained(3, data.train).network.state_dict()
    for name, expected in run.network.state_dict().items():
        np.testing.assert_array_equal(found[name], expected)


def test_warming_up_changes_no_result(data: Splits) -> None:
    settings = ("train.epochs=1", "optimizer.lr=0.0005")  # so little that seeds differ
    cold, warm = (Handgrad(recipe(*settings), data, threads=1, warm=warm) for warm in (False, True))
    found = [warm(seed).correct for seed in range(4)]
    assert len(set(found)) > 1
    assert found == [cold(seed).correct for seed in range(4)]


def test_the_recipe_decides_on_its_images_and_how_often(data: Splits) -> None:
    side = Handgrad(recipe("data.train_images=64", "data.mean=0.5"), data, threads=1, warm=True)
    assert len(side.data.train) == 64
    assert side.data.test.normalisation.mean == 0.5
    assert side._trained(0, side.data.train).step_count == 2
    few = Handgrad(recipe("train.steps=3"), data, threads=1, warm=False)
    assert few._trained(0, few.data.train).step_count == 3


def test_nothing_is_evaluated_on_the_way(data: Splits, monkeypatch) -> None:
    def no_evaluation(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(import_module("handgrad.train.fit"), "evaluate", no_evaluation)
    Handgrad(recipe("train.every=1", "train.watch_every=1"), data, threads=1, warm=False)(0)


def test_a_recipe_that_would_choose_is_refused(data: Splits) -> None:
    with pytest.raises(ArgumentError, match="validation set"):
        Handgrad(recipe("train.keep_best=true"), data, threads=1, warm=True)


@pytest.fixture(scope="module", params=[False, True], ids=["default", "channels-last"])
def mark(request, data: Splits) -> Any:
    pytest.importorskip("torch")
    return Mark(data, threads=1, channels_last=request.param)


@pytest.mark.torch
class TestMark:
    def test_it_is_the_network_to_beat(self, mark: Any) -> None:
        shapes = [tuple(parameter.shape) for parameter in mark._network().parameters()]
        assert shapes == [(24, 1, 5, 5), (24,), (32, 24, 3, 3), (32,), (256, 800), (256,), (10, 256), (10,)]
        kinds = " ".join(type(layer).__name__ for layer in mark._network())
        assert kinds == "Conv2d ReLU MaxPool2d Conv2d ReLU MaxPool2d Flatten Linear ReLU Linear"

    def test_it_is_trained_with_adam_over_one_cycle(self, mark: Any, monkeypatch) -> None:
        import torch

        steps = []
        plain = torch.optim.Adam.step

        def step(self: Any, *arguments: Any, **options: Any) -> Any:
            steps.append((self.param_groups[0]["lr"], self.param_groups[0]["betas"]))
            return plain(self, *arguments, **options)

        monkeypatch.setattr(torch.optim.Adam, "step", step)
        mark._trained(0, mark.x[:1].expand(2049, 1, 28, 28), mark.targets[:1].expand(2049))
        rates = [rate for rate, _ in steps]
        assert len(rates) == 9  # of 256, the last of 1
        assert rates[0] == pytest.approx(0.01 / 25)
        assert rates[-1] == pytest.approx(0.01 / 25 / 1e4)
        assert max(rates) <= 0.01
        assert rates.index(max(rates)) == 2  # 0.3 of the way
        assert {betas for _, betas in steps} == {(0.7, 0.9)}

    def test_it_sees_the_normalised_images(self, mark: Any, data: Splits) -> None:
        expected = (data.train.images / 255 - 0.1307) / 0.3081
        np.testing.assert_allclose(mark.x[:, 0].numpy(), expected, rtol=1e-5, atol=1e-6)

    def test_it_counts_what_its_model_gets_right(self, mark: Any, data: Splits) -> None:
        import torch

        x, targets = mark.x.repeat(10, 1, 1, 1), mark.targets.repeat(10)
        model = mark._trained(5, x, targets)
        found = model(torch.as_tensor(mark.test_x)).argmax(1).numpy()
        assert np.mean(found == data.test.labels) > 0.9
        np.testing.assert_array_equal(mark._predict(model, mark.test_x), found)
        outcome = mark(5)
        again = mark._predict(mark._trained(5, mark.x, mark.targets), mark.test_x)
        assert outcome.correct == np.sum(again == data.test.labels)
        assert (outcome.seed, outcome.images) == (5, 150)
