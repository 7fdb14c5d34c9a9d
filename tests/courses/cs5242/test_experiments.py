"""The experiments: each part beside what it must equal, and the whole on little data."""

import re

import numpy as np
import pytest

import handgrad as hg
from handgrad.courses.cs5242 import L2, FCLayer, MNISTNet, SoftmaxCrossEntropy
from handgrad.courses.cs5242.experiments import checks, keras_side, run, search
from handgrad.courses.cs5242.experiments.best import _compared, _halved
from handgrad.courses.cs5242.experiments.logged import intervals, logged_training
from handgrad.courses.cs5242.experiments.network import layer_rows
from handgrad.courses.cs5242.experiments.sections import check_count
from handgrad.courses.cs5242.experiments.splitting import course_splits
from handgrad.courses.cs5242.experiments.twin import take_weights
from handgrad.courses.cs5242.experiments.unstable import by_seed, diagnosis
from handgrad.courses.study import Study
from handgrad.errors import DataError
from handgrad.recipes import find_recipe
from handgrad.recipes.build import build_network, build_run
from tests.courses.cs5242.made import part, splits_of


def test_the_courses_division():
    splits = splits_of(50, 10, 7)
    train, validation, test = (
        getattr(course_splits(splits), name) for name in ("train", "validation", "test")
    )
    assert (len(train), len(validation), len(test)) == (48, 12, 7)
    whole = np.concatenate([splits.train.images, splits.validation.images])
    np.testing.assert_array_equal(np.concatenate([train.images, validation.images]), whole)
    np.testing.assert_array_equal(validation.labels[-10:], splits.validation.labels)


def test_checks_beside_keras_use_the_stored_values_and_pass():
    made_by, stored = keras_side.stored_outputs()
    assert re.match(r"Keras 3\.\d+", made_by)
    assert stored.keys() == checks.our_outputs().keys()
    found = checks.beside_keras()
    assert found["worst"] < 1e-6
    assert {row["name"] for row in found["rows"]} == set(checks.NAMES.values())


def test_a_wrong_layer_would_not_pass_beside_keras(monkeypatch):
    ours = checks.our_outputs()
    monkeypatch.setattr(checks, "our_outputs", lambda: {**ours, "avg": ours["avg"] * (1 + 1e-5)})
    assert checks.beside_keras()["worst"] > 1e-6


def test_gradients_are_checked_for_every_layer():
    found = checks.gradients_checked(small=True)
    assert found["worst"] < 1e-8
    sections = {row["section"] for row in found["rows"]}
    assert {"2", "3.2", "4.2", "5.2", "6.2", "7.2"} <= sections


def test_habits_as_measured():
    found = checks.habits()
    assert found["relu_at_zero"] == 1
    assert found["same_mask"]
    assert [row["rate"] for row in found["rates"]] == [0.5, 0.5, 0.5, 0.25, 0.125]


def test_the_library_and_the_course_agree_on_a_networks_loss():
    recipe = find_recipe("mnistnet")
    network = build_network(recipe)
    model = MNISTNet()
    take_weights(model, network.state_dict())
    model.compile(None, SoftmaxCrossEntropy(10), L2(0.001))
    x, targets = hg.batch(part(20, 4), range(20))
    ours = model.forward(x.astype(np.float64), targets)[0]
    engine = build_run(recipe, network, engine="reference", threads=1)
    assert ours == pytest.approx(engine.loss.forward(engine.predict(x), targets)[0], rel=1e-6)


def test_a_logged_training_reports_as_the_course_does():
    splits = splits_of(150, 20, 10)
    logged = logged_training(splits, 0.001, threads=1)
    assert [line for line in logged.lines if line.startswith("Epoch")] == ["Epoch 0:", "Epoch 1:"]
    assert [row[0] for row in logged.train] == list(range(10))
    assert [row[0] for row in logged.validation] == [0, 5]
    assert logged.lines[1].startswith("Test accuracy=")
    assert logged.lines[2].startswith("Validation accuracy: ")
    first = re.fullmatch(
        r"Iteration 0:\taccuracy=(.*), loss=(.*), regularization loss= (.*)", logged.lines[3]
    ).groups()
    assert [first[0], first[1]] == [f"{value:.5f}" for value in (logged.train[0][2], logged.train[0][1])]
    weights = [value for name, value in logged.first.items() if name.endswith("weight")]
    assert float(first[2]) == pytest.approx(0.0005 * sum((w.astype(float) ** 2).sum() for w in weights))
    assert intervals(48_000).test == 300


def relus(training) -> set[str]:
    return {type(layer).__name__ for layer in training.run.network.layers if "ReLU" in type(layer).__name__}


def test_the_logged_trainings_have_the_courses_relu(monkeypatch):
    """On black images with biases of 0 all maps are exactly 0: only the course's ReLU lets them learn."""
    splits = splits_of(60, 20, 10)
    for images in (splits.train.images, splits.validation.images):
        images[...] = 0
    course = logged_training(splits, 0.01, threads=1, epochs=1)
    library = logged_training(splits, 0.01, threads=1, epochs=1, relu=hg.ReLU)
    assert (relus(course), relus(library)) == ({"PassingReLU"}, {"ReLU"})
    for name in ("0.bias", "3.bias"):
        assert not course.first[name].any()
        assert course.run.network.state_dict()[name].all()
        assert not library.run.network.state_dict()[name].any()
    seen = []

    def watched(*arguments, **options):
        seen.append(logged_training(*arguments, **options))
        return seen[-1]

    monkeypatch.setattr("handgrad.courses.cs5242.experiments.unstable.logged_training", watched)
    by_seed(splits, (0.01,), (1, 2), 1)
    assert [relus(training) for training in seen] == [{"PassingReLU"}] * 2


def test_a_unit_is_silent_where_no_gradient_passes():
    training = logged_training(splits_of(60, 20, 10), 0.001, threads=1, epochs=1)
    weights = {name: np.zeros_like(value) for name, value in training.first.items()}
    training.run.network.load_state_dict(weights)
    assert [relu["dead"] for relu in diagnosis(training)["hidden"]] == [0, 0, 0]  # at exactly 0 it passes
    weights["0.bias"][:3] = weights["3.bias"][:4] = weights["7.bias"][:] = -1
    training.run.network.load_state_dict(weights)
    assert diagnosis(training)["hidden"] == [
        {"units": 6, "dead": 0.5},
        {"units": 16, "dead": 0.25},
        {"units": 256, "dead": 1.0},
    ]


def test_the_layer_table_is_read_off_the_network():
    rows = layer_rows(MNISTNet(), (1, 28, 28))
    assert [row["output"] for row in rows[:4]] == [[1, 28, 28], [6, 26, 26], [6, 26, 26], [6, 13, 13]]
    assert {row["layer"]: row["parameters"] for row in rows if row["parameters"]} == {
        "Convolution, 3x3, stride 1, padding 0, 1 to 6 channels": 60,
        "Convolution, 3x3, stride 1, padding 0, 6 to 16 channels": 880,
        "FCLayer, 400 to 256 features": 102_656,
        "FCLayer, 256 to 10 features": 2_570,
    }
    assert rows[6]["layer"] == "Pooling, maximum, 3x3, stride 2"
    smaller = MNISTNet()
    del smaller.layers[7:9]
    smaller.layers[-1] = FCLayer(400, 10)
    assert layer_rows(smaller, (1, 28, 28))[-1]["parameters"] == 4010


def test_too_few_images_are_refused_before_anything_is_computed(tmp_path):
    study = Study(tmp_path, splits_of(6, 6, 4), quick=True, threads=1, tell=lambda _: None)
    with pytest.raises(
        DataError, match=r"at least 38 images to train and validate with, got 12\. Hint: .*80%"
    ):
        run(study)
    assert study.numbers == {}
    check_count(splits_of(30, 8, 1))
    with pytest.raises(DataError, match="got 37"):
        check_count(splits_of(30, 7, 1))


def test_the_halved_rate_is_computed():
    halved = _halved(search.recorded())
    assert halved["iterations"] == 6400  # 4 epochs of 1,600; halved at 0, 1,000, ... and 6,000: seven times
    assert halved["share"] == 128
    shorter = {"images": [30_000, 1], "trials": [{"stage": "rate and its decay", "epochs": 1.0}]}
    assert _halved(shorter)["share"] == 2  # at 0 alone: 1,000 iterations end with number 999


def test_what_chance_can_make_is_not_called_clear():
    def one(option, accuracy):
        return {"option": option, "validation_accuracy": accuracy}

    trials = [one("as before", 0.9), one("constant 0.001", 0.95), one("cosine from 0.001", 0.951)]
    found = _compared([*trials, one("16 and 32 channels", None)], 12_000)
    assert found["constant"] == {"difference": pytest.approx(0.05), "sure": True}
    assert found["falling"] == {"difference": pytest.approx(0.001), "sure": False}
    assert found["best"]["difference"] == pytest.approx(0.051)
    assert found["dropout"] is None
    assert not _compared(trials, 100)["constant"]["sure"]  # the same on fewer images
