"""The whole run on a small data set: its numbers, its figures, and a report that cannot contradict them."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from handgrad.courses import thu
from handgrad.courses.study import Study
from handgrad.courses.thu.alternatives import SHARED
from handgrad.courses.thu.claims import claims, epochs_to
from handgrad.courses.thu.experiments import run
from handgrad.report import render
from tests.courses.thu.pictures import splits_of

TEMPLATE = Path(thu.__file__).with_name("report.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def study(tmp_path_factory) -> Study:
    folder = tmp_path_factory.mktemp("thu")
    made = Study(folder, splits_of(300, 60, 60), quick=True, threads=1, tell=lambda _: None)
    run(made)
    return made


def text_of(numbers: dict[str, Any], *, quick: bool = False) -> str:
    values = {**numbers, "data_note": "DATA", "quick": quick, "course": "thu", "facts": {}}
    return " ".join(render(TEMPLATE, values, "report.md").split())


def changed(study: Study, **claims: Any) -> dict[str, Any]:
    numbers = copy.deepcopy(study.numbers)
    numbers["claims"].update(claims)
    return numbers


def test_the_numbers_are_json_and_complete(study):
    again = json.loads(json.dumps(study.numbers, allow_nan=False))
    assert set(again) == {
        "experiments", "claims", "speeds", "channels", "operations", "alternatives", "own_classes", "trials"
    }  # fmt: skip
    for name, parameters, weights, products in (
        ("experiment1", 2160, 2143, 28 * 28 * 75 + 14 * 14 * 4 * 27 + 1960),
        ("experiment2", 204_778, 204_488, 28 * 28 * 72 + 14 * 14 * 16 * 72 + 203_264),
        ("mlp", 109_386, 109_184, 109_184),
    ):
        told = again["experiments"][name]
        assert (told["parameters"], told["without_biases"]) == (parameters, weights)
        assert told["multiply_adds"] == products
        for part in ("train", "validation", "test"):
            assert told[part]["epoch"] == [1.0, 2.0, 3.0]
            assert len(told[part]["loss"]) == len(told[part]["accuracy"]) == 3
        assert told["test"]["accuracy"][-1] == pytest.approx(told["test_accuracy"], abs=1e-6)


def test_every_figure_of_the_report_is_drawn_and_no_other(study):
    named = set(re.findall(r"\(figures/([\w-]+)\.svg\)", TEMPLATE))
    drawn = {path.stem for path in (study.folder / "figures").iterdir()}
    assert named == drawn
    assert len(named) == 11


def test_the_formulas_of_chapter_2_hold(study):
    operations = study.numbers["operations"]
    assert operations["im2col"]["columns"][4] == [7, 9, 17, 19]  # the middle of each window
    assert operations["algorithm"]["with_bias"] < 1e-12 < operations["algorithm"]["without_bias"]
    first = operations["equation1"]
    assert first["largest"] == 0.0
    assert first["dW"][0][0][0] == sum(
        first["Y"][i][j] * first["delta"][0][i][j] for i in range(2) for j in range(2)
    )
    assert max(first["real"][name] for name in ("dW", "db", "dx")) < 1e-12
    second = operations["equation2"]
    assert max(second[name] for name in ("one_channel", "diagonal", "groups", "printed_is_sum")) < 1e-10
    assert second["printed"] > 0.01
    assert second["small"] == {
        "maps": [[[1, 3], [5, 7]], [[2, 2], [6, 10]]],
        "pooled": [4, 5],
        "printed": [9, 9],
    }
    third = operations["equation3"]
    assert third["spread"] == [[1, 1, -2, -2], [1, 1, -2, -2], [0, 0, 3, 3], [0, 0, 3, 3]]
    assert third["small"] == 0.0
    assert third["real"] < 1e-12
    assert max(operations["differences"].values()) < 1e-6


def test_the_courses_own_classes_train_the_librarys_network(study):
    own = study.numbers["own_classes"]
    assert own["apart"]["double"] < 1e-12
    assert max(own["apart"].values()) < 1e-4
    for line, row in zip(own["printed"], own["library"], strict=False):
        assert (
            line
            == f"Training iter {row['step']}, batch loss {row['loss']:.4f}, batch acc {row['accuracy']:.4f}"
        )
    assert own["printed"][-1].startswith("Testing, total mean loss")
    assert len(own["printed"]) == len(own["library"]) + 1


def test_the_report_can_be_filled_in(study):
    text = text_of(study.numbers)
    assert "2,143 weights, the document's number exactly" in text
    assert "DATA" in text
    assert "quick run" not in text
    assert "--quick" in text_of(study.numbers, quick=True)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ((True, True), "holds for both convolutional networks"),
        ((True, False), "holds for Experiment 1 and not for Experiment 2"),
        ((False, True), "holds for Experiment 2 and not for Experiment 1"),
        ((False, False), "holds for neither of the convolutional networks"),
    ],
)
def test_each_conclusion_follows_its_numbers(study, found, words):
    answer = dict(zip(("experiment1", "experiment2"), found, strict=True))
    beginnings = {
        "more_accurate": "That it is more accurate",
        "faster": "That it converges faster, counted in epochs to the target,",
        "larger_loss": "That it has the larger test loss",
        "longer_epoch": 'one epoch."** This',
    }
    for claim, beginning in beginnings.items():
        text = text_of(changed(study, **{claim: answer}))
        assert f"{beginning} {words}" in text


def test_the_documents_loss_is_explained_only_where_the_numbers_do(study):
    numbers = copy.deepcopy(study.numbers)
    numbers["experiments"]["mlp"]["test_loss"] = 0.07
    numbers["alternatives"][1].update(test_loss=0.02, test_accuracy=0.98)
    assert "is hardly a cross-entropy" in text_of(numbers)
    numbers["alternatives"][1].update(test_loss=0.05)
    assert "is hardly a cross-entropy" not in text_of(numbers)


def test_an_accuracy_is_called_reached_only_where_it_is(study):
    numbers = copy.deepcopy(study.numbers)
    for accuracy, words in (
        (0.983, "the document's 0.983 is reached"),
        (0.9829, "the document's 0.983 is not reached"),
    ):
        numbers["experiments"]["mlp"]["test_accuracy"] = accuracy
        assert f"- MLP: {words}" in text_of(numbers)


def told(accuracies: list[float], seconds: float, loss: float, parameters: int) -> dict[str, Any]:
    return {
        "validation": {"epoch": [1.0 + i for i in range(len(accuracies))], "accuracy": accuracies},
        "seconds_per_epoch": seconds,
        "test_loss": loss,
        "test_accuracy": accuracies[-1],
        "train_accuracy": 1.0,
        "interval": [accuracies[-1] - 0.01, accuracies[-1] + 0.01],
        "parameters": parameters,
    }


def test_claims_by_hand():
    found = claims(
        {
            "experiment1": told([0.5, 0.9, 0.96], 2.0, 0.1, 10),
            "experiment2": told([0.98, 0.99, 0.99], 4.0, 0.2, 400),
            "mlp": told([0.9, 0.97, 0.96], 1.0, 0.15, 100),
        }
    )
    assert found["target"] == pytest.approx(0.955)
    assert found["epochs_to_target"] == {"experiment1": 3.0, "experiment2": 1.0, "mlp": 2.0}
    assert found["seconds_to_target"] == {"experiment1": 6.0, "experiment2": 4.0, "mlp": 2.0}
    assert found["after_one"] == {"experiment1": 0.5, "experiment2": 0.98, "mlp": 0.9}
    assert found["faster"] == {"experiment1": False, "experiment2": True}
    assert found["larger_loss"] == {"experiment1": False, "experiment2": True}
    assert found["longer_epoch"] == {"experiment1": True, "experiment2": True}
    assert found["more_accurate"] == {"experiment1": False, "experiment2": True}
    assert found["told_apart"] == {"experiment1": False, "experiment2": True}
    assert found["times_fewer"] == {"experiment1": 10.0, "experiment2": 0.25}
    assert found["gap"]["experiment2"] == pytest.approx(0.01)
    assert epochs_to({"epoch": [1.0, 2.0], "accuracy": [0.9, 0.5]}, 0.9) == 1.0


def test_settings_and_unrest_are_told_from_the_numbers(study):
    numbers = copy.deepcopy(study.numbers)
    mlp = numbers["experiments"]["mlp"]
    mlp["validation"]["accuracy"] = [0.5, 0.6, 0.5, 0.9, 0.92, 0.92]
    mlp |= {"weight_init": "Normal(std=0.07)", "schedule": {}}
    text = text_of(numbers)
    assert (
        "accuracy changes by 10.00 points on average over the first half of its epochs, and by 1.00" in text
    )
    assert text.count("`Normal(std=0.07)`") == 2
    assert "The MLP has a rate that does not change" in text
    mlp["schedule"] = {"type": "CosineAnnealingLR"}
    assert "The MLP has a rate falling along half a cosine" in text_of(numbers)


def test_channels_are_told_by_their_correlations(study):
    numbers = copy.deepcopy(study.numbers)
    row = {**numbers["channels"]["rows"][0], "silent": False}
    named, unnamed = {**row, "like": "the ink", "correlation": 0.71}, {**row, "like": "", "correlation": 0.43}
    numbers["channels"]["rows"] = [named, unnamed]
    assert "the lowest with a name has 0.71, the highest without one 0.43." in text_of(numbers)
    numbers["channels"]["rows"] = [unnamed]
    assert "which here it is for none." in text_of(numbers)


def test_the_settings_of_section_3_5_are_those_that_the_text_names():
    assert SHARED == ("train.epochs=30", "optimizer.weight_decay=0.0001", "schedule.type=CosineAnnealingLR")
    assert "each with 30 epochs, a rate falling along half a cosine and a weight decay of 0.0001" in TEMPLATE
