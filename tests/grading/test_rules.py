import tomllib

import pytest

from handgrad.errors import ArgumentError
from handgrad.grading.rules import RULES, Rule, rule_from


def test_the_documents_rules():
    steps = {name: rule.steps(rule.train_images) for name, rule in RULES.items()}
    assert steps["classifier"] == 2 * 500
    assert steps["mlp"] == steps["convnet"] == 100 * 195  # 195.3 batches of 256
    assert steps["lenet"] == 10_000
    assert steps["mnistnet"] == 2 * 1600
    assert steps["experiment-1"] == 100 * 500
    assert RULES["classifier"].seconds == 7200
    assert RULES["mlp"].settings == {"lr": 0.001}
    assert RULES["mnistnet"].settings == {"lr": 0.001, "halve_every": 1000, "l2": 0.001}
    assert all(name == rule.protocol for name, rule in RULES.items())


def test_a_rubric_overrides_what_it_names():
    table = tomllib.loads(
        """
        protocol = "classifier"
        batch_size = 50
        seconds = 60
        seed = 7
        settings = {lr = 0.5}
        """
    )
    rule = rule_from(table)
    assert rule.settings == {"lr": 0.5, "momentum": 0.9}
    assert (rule.batch_size, rule.seconds, rule.seed, rule.epochs) == (50, 60, 7, 2)
    assert RULES["classifier"].settings["lr"] != 0.5
    assert rule_from({"protocol": "mlp", "iterations": 30}).steps(50_000) == 30
    assert rule_from({"protocol": "lenet", "epochs": 2, "train_images": 640}).steps(640) == 20
    assert rule_from({"protocol": "mnistnet"}) == RULES["mnistnet"]


def test_fewer_images_than_a_batch_are_one_batch():
    assert Rule("mlp", batch_size=100, epochs=3).steps(7) == 3


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, r"rubric a: expected as protocol one of .*, got none"),
        ({"protocol": "clasifier"}, "did you mean classifier"),
        ({"protocol": "mlp", "bach_size": 3}, "did you mean batch_size"),
        ({"protocol": "mlp", "settings": {"rate": 3}}, "as setting one of lr, got 'rate'"),
        ({"protocol": "mlp", "settings": 3}, "settings as a table, got 3"),
        ({"protocol": "mlp", "epochs": 3, "iterations": 3}, "either epochs or iterations, got both"),
        ({"protocol": "mlp", "batch_size": 0}, "batch_size as a whole number from 1 on, got 0"),
        ({"protocol": "mlp", "epochs": 1.5}, r"epochs as a whole number from 1 on, got 1\.5"),
        ({"protocol": "mlp", "seed": -1}, "seed as a whole number from 0 on, got -1"),
        ({"protocol": "mlp", "seed": True}, "seed as a whole number from 0 on, got True"),
        ({"protocol": "mlp", "seconds": 0}, "seconds above 0, got 0"),
    ],
)
def test_mistakes_are_named(values, words):
    with pytest.raises(ArgumentError, match=words):
        rule_from(values, "rubric a")


def test_without_epochs_and_iterations_there_is_no_rule():
    with pytest.raises(ArgumentError, match="either epochs or iterations, got neither"):
        Rule("mlp", batch_size=1)
