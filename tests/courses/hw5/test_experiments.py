"""The whole run on a few real digits, and its parts where the numbers can be told beforehand."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

import handgrad as hg
from handgrad.courses.hw5 import choosing, experiments, network, side_by_side
from handgrad.courses.study import Study
from handgrad.report import render

REPORT = Path(experiments.__file__).with_name("report.md")


def study_of(tmp_path, **sizes):
    return Study(tmp_path, hg.load_digits().limit(**sizes), quick=True, threads=1, tell=lambda text: None)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    study = study_of(tmp_path_factory.mktemp("hw5"), train=200, validation=60, test=60)
    experiments.run(study)
    return study


def report_of(study, **changes):
    values = {**study.numbers, "data_note": "The data are a few digits.", "quick": True}
    return render(REPORT.read_text(), {**values, **changes}, "report.md")


def test_the_report_names_every_figure_and_every_section_of_the_document(study):
    text = report_of(study)
    named = set(re.findall(r"\(figures/([a-z-]+)\.svg\)", text))
    assert named == {"training", "side-by-side", "ten-images"}
    for name in named:
        for ending in ("svg", "png"):
            assert (study.folder / "figures" / f"{name}.{ending}").stat().st_size > 1000
    headings = [line for line in text.splitlines() if re.match(r"## \d", line)]
    assert [heading[3] for heading in headings] == list("123456")
    assert "The data are a few digits." in text
    assert "`handgrad course run hw5 --quick`" in text


def test_tables_and_headings_stand_apart_from_the_text(study):
    lines = report_of(study).splitlines()
    for before, line in itertools.pairwise(lines):
        assert not (line.startswith("#") and before), line
        assert line.startswith("|") == before.startswith("|") or not (line and before), line


def test_numbers_can_be_stored_and_add_up(study):
    study.save()
    numbers = study.numbers
    assert [row["shape"] for row in numbers["shapes"]][:3] == [[28, 26, 26], [28, 26, 26], [28, 13, 13]]
    assert sum(row["parameters"] for row in numbers["shapes"]) == numbers["training"]["parameters"] == 607_394
    assert numbers["counts"] == [200, 60, 60]
    assert numbers["training"]["epochs"] == 2
    assert numbers["training"]["right"] == round(numbers["training"]["test_accuracy"] * 60)
    assert numbers["chosen"]["accuracy"] == max(row["accuracy"] for row in numbers["tried"])
    assert numbers["rubric"]["points"] == experiments.points(numbers["training"]["test_accuracy"])
    assert len(numbers["pictures"]["true"]) == 10


def test_the_course_s_classes_and_the_library_train_alike(study):
    beside = study.numbers["beside"]
    assert beside["steps"] == beside["all_steps"] == study.numbers["training"]["steps"]
    assert beside["exact_apart"] < 1e-12
    assert 0 < beside["apart"][0]["distance"] < 1e-6
    assert beside["apart"][-1]["step"] == beside["steps"]
    losses = [row["own"]["loss"] for row in beside["curve"]]
    assert losses[-1] < losses[0]
    assert beside["curves_apart"] < 1e-3
    assert beside["test_accuracy"]["library"] == study.numbers["training"]["test_accuracy"]


def test_without_the_time_for_all_steps_both_stop_and_the_report_says_so(study, tmp_path, monkeypatch):
    monkeypatch.setattr(side_by_side, "QUICK_BUDGET", 0.0)
    small = study_of(tmp_path, train=120, validation=20, test=20)
    beside = side_by_side.side_by_side(small, batch_size=5, lr=0.1)
    assert (beside["steps"], beside["all_steps"]) == (side_by_side.EXACT, 48)
    assert beside["apart"][-1]["step"] == side_by_side.EXACT
    text = report_of(study, beside=beside)
    assert "both were stopped after 20" in text
    assert "Both made all" not in text


def test_a_single_look_at_the_validation_split_is_no_curve(study):
    (look,) = study.numbers["beside"]["log"]  # of four steps in all
    once = study.numbers["beside"]
    twice = {**once, "log": [{**look, "step": 2}, look]}
    titles = [axes.get_title(loc="left") for axes in experiments.beside_figure(once).axes]
    assert len(titles) == 3
    assert "Accuracy on the validation split" not in titles
    assert len(experiments.beside_figure(twice).axes) == 4
    text = report_of(study, beside=twice)
    assert "Below: accuracy on the validation split, and the largest" in text
    assert "say every 2 steps" in text
    assert "Below: the largest difference" in report_of(study, beside=once)


@pytest.mark.parametrize(
    ("changes", "said", "unsaid"),
    [
        ({"test_accuracy": 0.985}, "well over", "That is"),
        ({"test_accuracy": 0.95}, "That is over the 90%", "well over"),
        ({"test_accuracy": 0.5}, "That is not over the 90%", "That is over"),
    ],
)
def test_what_the_report_concludes_follows_from_the_numbers(study, changes, said, unsaid):
    text = report_of(study, training={**study.numbers["training"], **changes})
    assert said in text
    assert unsaid not in text


def test_trainings_that_did_not_stay_finite_are_told(study):
    failed = {"batch_size": 50, "lr": 9.0, "accuracy": None, "loss": None}
    assert "did not stay finite" in report_of(study, tried=[*study.numbers["tried"], failed])
    assert choosing.best([failed, study.numbers["chosen"]]) == study.numbers["chosen"]


def test_a_rate_that_is_far_too_large_is_caught(tmp_path, monkeypatch):
    monkeypatch.setattr(choosing, "candidates", lambda quick: [(20, 1e30)])
    rows = choosing.tried(study_of(tmp_path, train=40, validation=20, test=20))
    assert rows[0]["accuracy"] is None


@pytest.mark.parametrize(
    ("accuracy", "points"), [(1.0, 20), (0.8001, 20), (0.8, 6), (0.2, 6), (0.1999, 2), (0.0, 2)]
)
def test_the_rubric(accuracy, points):
    assert experiments.points(accuracy) == points


def test_the_full_search_tries_what_the_quick_one_tries_and_more():
    assert set(choosing.candidates(quick=True)) < set(choosing.candidates(quick=False))


def test_the_gradient_check_sees_a_wrong_gradient(monkeypatch):
    assert max(row["error"] for row in network.gradient_errors()) < 1e-7
    right = network.nn_fc_layer.backprop

    def wrong(self, x, dLdy):
        dLdx, dLdW, dLdb = right(self, x, dLdy)
        return dLdx, dLdW, dLdb / len(x)

    monkeypatch.setattr(network.nn_fc_layer, "backprop", wrong)
    bad = [row for row in network.gradient_errors() if row["error"] > 1e-7]
    assert [(row["class"], row["gradient"]) for row in bad] == [("nn_fc_layer", "dLdb")]
    assert np.isclose(bad[0]["error"], 0.5)
