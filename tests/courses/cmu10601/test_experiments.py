"""The whole run on a few real digits, and the report that is made of its numbers."""

import itertools
import json
import re
from pathlib import Path

import numpy as np
import pytest

from handgrad.courses import find_course
from handgrad.courses.cmu10601.experiments import maps, run
from handgrad.courses.cmu10601.experiments.lenet import first_params, lenet_layers
from handgrad.courses.study import Study
from handgrad.recipes import find_recipe
from handgrad.report import render
from tests.courses.cmu10601.made import digits

REPORT = find_course("cmu10601").report
COST = re.compile(r"cost = \d+\.\d{6} training_percent = [01]\.\d{6}")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    study = Study(
        tmp_path_factory.mktemp("cmu10601"), digits(60, 20, 40), quick=True, threads=1, tell=lambda _: None
    )
    run(study)
    study.save()
    return study


def report_of(study: Study, *, quick: bool = True, **changes: object) -> str:
    values = {**study.numbers, "data_note": "The data are a few digits.", "quick": quick, **changes}
    return render(REPORT.read_text(), values, "report.md")


def test_numbers_can_be_stored(study):
    assert json.loads((study.folder / "numbers.json").read_text()) == json.loads(json.dumps(study.numbers))


def test_the_report_names_every_figure_and_every_section(study):
    text = report_of(study)
    named = set(re.findall(r"\(figures/([a-z_]+)\.svg\)", text))
    assert named == {"side_by_side", "training", "test_image", "maps", "filters", "finite_differences"}
    for name in named:
        for ending in ("svg", "png"):
            assert (study.folder / "figures" / f"{name}.{ending}").stat().st_size > 1000
    assert [line[3] for line in text.splitlines() if line.startswith("## ")] == list("123456789")
    assert text.startswith(f"# {find_course('cmu10601').title}\n")
    assert all(f"Question {number} (" in text for number in (8, 9, 10))
    assert "The data are a few digits." in text
    assert "`handgrad course run cmu10601 --quick`" in text
    assert "object at" not in text  # a method printed in the place of a number


def test_tables_headings_and_figures_stand_apart(study):
    for text in (report_of(study), report_of(study, quick=False)):
        code = False
        for before, line in itertools.pairwise(text.splitlines()):
            code ^= line.startswith("```")
            if not code:
                assert not (line.startswith(("#", "![", "$$")) and before and before[-1] == "."), line
                assert line.startswith("|") == before.startswith("|") or not (line and before), line


def test_no_text_contradicts_its_number(study):
    high, low = (json.loads(json.dumps(study.numbers["training"])) for _ in range(2))
    for training, accuracy in ((high, 0.992), (low, 0.95)):
        training["full"] |= {"test_accuracy": accuracy, "test_between": [accuracy - 0.002, accuracy + 0.002]}
        training["twentieth"] |= {"test_accuracy": accuracy, "whole_accuracy": accuracy}
        training["shuffles"]["above"] = 5 if accuracy > 0.97 else 0
    good, bad = (report_of(study, quick=False, training=training) for training in (high, low))
    for text in ("thus above it", "are enough for 97%", "is reached", "and this is met"):
        assert text in good, text
        assert text not in bad, text
    assert "It is the images that are missing" in bad
    assert "It is the images that are missing" not in good
    for text in ("thus not above it", "stays somewhat below 97%", "is not reached", "and this is not met"):
        assert text in bad, text
        assert text not in good, text


def test_the_listing_is_the_documents(study):
    for name in ("twentieth", "full"):
        training = study.numbers["training"][name]
        lines = training["listing"]
        costs = [line for line in lines if COST.fullmatch(line)]
        tests = [line for line in lines if re.fullmatch(r"test accuracy: [01]\.\d{6}", line)]
        assert (len(costs), len(tests)) == (len(training["costs"]), len(training["tests"]))
        assert len(lines) == len(costs) + 3 * len(tests)
        assert training["tests"][-1] == (training["steps"], training["test_accuracy"])
    sizes = [study.numbers["training"][name]["train_images"] for name in ("twentieth", "full", "distorted")]
    assert sizes == [4, 80, 4]
    assert study.numbers["training"]["full"]["parameters"] == 430_579


def test_the_courses_functions_and_the_engines_agree(study):
    engines = study.numbers["side_by_side"]["engines"]
    assert engines["reference engine, float64"]["cost_difference"] < 1e-12
    assert engines["reference engine, float64"]["weight_difference"] < 1e-12
    assert engines["compiled engine, float32"]["cost_difference"] < 1e-5
    assert engines["compiled engine, float32"]["weight_difference"] < 1e-4


def test_gradients_and_forward_functions_are_right(study):
    gradients, questions = study.numbers["gradients"], study.numbers["questions"]
    kinds = {row["layer"].split(",")[0] for row in gradients["rows"]}
    assert kinds == {"CONV", "POOLING", "RELU", "ELU", "IP", "LOSS", "conv_net"}
    assert gradients["worst"] < 1e-6
    assert gradients["worst"] == max(row["relative"] for row in gradients["rows"])
    assert all(row["difference"] < 1e-8 for row in gradients["relu"])
    assert gradients["sweep"]["best_h"]["forward"] < gradients["sweep"]["best_h"]["central"]
    assert max(questions[name] for name in ("pooling", "relu", "inner_product", "sgd")) < 1e-12
    assert questions["total"] == 20 + 3 + 10 + 20 + 3 + 10 + 7 + 5 + 7 + 3 + 12 + 2


def test_what_is_said_of_the_maps(study):
    second, third = study.numbers["maps"]["second"], study.numbers["maps"]["third"]
    assert (second["size"], second["maps"], second["entries"]) == ([24, 24], 20, 20 * 24 * 24)
    assert (third["size"], third["entries"], third["share_kept"]) == ([12, 12], 20 * 12 * 12, 0.25)
    assert third["same_largest"] == 20
    assert third["mean_after"] > third["mean_before"]


def test_correlation_and_change_by_another_way():
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(2, 5, 6))
    assert maps._correlation(one, other) == pytest.approx(np.corrcoef(one.ravel(), other.ravel())[0, 1])
    assert maps._correlation(one, np.ones((5, 6))) == 0.0
    assert maps._change(one[None], one[None]) == 0.0
    assert maps._change(one[None], np.broadcast_to(one.mean(), (1, 5, 6))) == pytest.approx(1.0)


def test_the_template_is_beside_the_code():
    assert Path(maps.__file__).parents[1] / "report.md" == REPORT


def test_the_table_of_layers_is_the_network_that_was_trained(study):
    lines = re.findall(r"^\| \d \| [A-Z]+ \|.*$", report_of(study), re.MULTILINE)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    layers = lenet_layers()
    parameters = first_params(layers)
    assert [int(row[0]) for row in rows] == sorted(layers)
    for number, _, configuration, _, count in rows:
        layer = layers[int(number)]
        for letter, key in (("k", "k"), ("s", "stride"), ("p", "pad"), ("n", "num")):
            told = re.search(rf"\b{letter} = (\d+)", configuration)
            assert (int(told[1]) if told else None) == layer.get(key)
        own = parameters.get(int(number) - 1, {})
        assert int(count.replace(",", "") or 0) == sum(array.size for array in own.values())
    assert f"not the {find_recipe('lenet').expects.parameters:,} of" in report_of(study)
