"""The whole run in small, and the report that is made of its numbers."""

import copy
import json
import re
from importlib.util import find_spec

import pytest

import handgrad as hg
from handgrad.courses import find_course
from handgrad.courses.project3.distorted import AFFINE
from handgrad.courses.project3.experiments import run
from handgrad.courses.study import Study
from handgrad.report import render, save_figure
from handgrad.report.markdown import parse

COURSE = find_course("project3")


class Sketch(Study):
    """A study that spares itself the second file of each figure."""

    def figure(self, name, figure):
        (self.folder / "figures").mkdir(exist_ok=True)
        save_figure(figure, self.folder / "figures" / f"{name}.svg")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    splits = hg.load_digits().limit(train=250, validation=60, test=60)
    study = Sketch(tmp_path_factory.mktemp("run"), splits, quick=True, threads=1, tell=lambda line: None)
    run(study)
    return study


def report_of(numbers) -> str:
    values = {"data_note": "The data are digits.", "quick": True, "course": "project3", "facts": {}}
    return render(COURSE.report.read_text(), {**numbers, **values}, "report.md")


def test_numbers_can_be_stored(study):
    assert json.loads(json.dumps(study.numbers, allow_nan=False)) == study.numbers


def test_every_section_has_its_numbers(study):
    mlp, cnn = study.numbers["mlp"], study.numbers["cnn"]
    assert len(mlp["jacobians"]["rows"]) == 9
    assert max(row["difference"] for row in mlp["jacobians"]["rows"]) < 1e-6
    assert mlp["own"]["difference"] < 1e-5
    assert (mlp["few"]["images"], mlp["many"]["images"]) == (50, 250)
    assert [row["name"] for row in mlp["rows"]] == [
        "as stated",
        "dropout",
        "regularisation",
        "adaptive rates",
        "elastic augmentation",
        "affine augmentation",
        "together, without dropout",
        "all together",
    ]
    for part in (mlp, cnn):
        for name in ("few", "many"):
            curve = part[name]
            assert len(curve["iterations"]) == len(curve["train_curve"]) == len(curve["validation_curve"])
            assert curve["gap"] == pytest.approx(curve["train"] - curve["validation"])
        assert part["chosen"]["validation"] == max(row["validation"] for row in part["rows"])
        for found in part["test"].values():
            assert found["low"] < found["accuracy"] <= found["high"]
    assert sum(map(sum, mlp["mistakes"]["matrix"])) == 60
    right = sum(mlp["mistakes"]["matrix"][digit][digit] for digit in range(10))
    assert right / 60 == pytest.approx(mlp["test"]["chosen"]["accuracy"])
    assert sum(row["parameters"] for row in cnn["layers"]) == 44426
    assert (cnn["pytorch"] is None) == (find_spec("torch") is None)


def test_the_report_names_every_figure_and_no_other(study):
    text = report_of(study.numbers)
    named = set(re.findall(r"\]\(figures/(\w+)\.svg\)", text))
    assert named == {path.stem for path in (study.folder / "figures").glob("*.svg")}
    document = parse(text, study.folder, title=COURSE.title, name="report.md")
    headings = [
        token.content
        for before, token in zip(document.tokens, document.tokens[1:], strict=False)
        if before.type == "heading_open"
    ]
    assert [heading.split()[0] for heading in headings] == [
        *("2", "2.1", "2.2", "2.3", "2.3.1", "2.3.2", "2.4", "2.5", "2.6", "2.7", "2.8"),
        *("3", "3.1", "3.2", "3.3", "3.4", "Points", "Sources"),
    ]
    for rows in re.findall(r"(?:^\|.*\n)+", text, re.M):  # every table is one, and all its rows are as wide
        widths = {line.count("|") for line in rows.splitlines()}
        assert len(widths) == 1, rows


def test_the_text_follows_the_numbers_whichever_way_they_fall(study):
    numbers = copy.deepcopy(study.numbers)
    mlp = numbers["mlp"]
    mlp["few"] |= {"train": 0.99, "validation": 0.88, "gap": 0.11, "best_validation": 0.88}
    mlp["many"] |= {"train": 0.98, "validation": 0.97, "gap": 0.01}
    assert "The network over-fits the few images clearly" in report_of(numbers)
    mlp["few"] |= {"train": 0.88, "gap": 0.0}
    assert "the few images do not show the larger gap" in report_of(numbers)
    mlp["test"]["chosen"]["accuracy"], mlp["test"]["stated"]["accuracy"] = 0.93, 0.95
    assert "On the test images the improved training is not better" in report_of(numbers)
    mlp["chosen"] = mlp["rows"][0]
    assert "None of the improvements was better on the validation images" in report_of(numbers)
    assert "although it was on the validation images" not in report_of(numbers)
    mlp["points"]["stated"] = {"par": 0.9, "full": 20, "points": 20.0, "whole": 20, "extra": 0.0}
    assert "the network is exactly there" in report_of(numbers)
    dropout = next(row for row in mlp["rows"] if row["name"] == "dropout")
    dropout["validation"] = mlp["rows"][0]["validation"]
    assert "Dropout makes no difference here" in report_of(numbers)
    adam = next(row for row in mlp["rows"] if row["name"] == "adaptive rates")
    adam |= {"train": mlp["rows"][0]["train"] - 0.01, "gap": mlp["rows"][0]["gap"] + 0.01}
    assert "Adam over-fits more" in report_of(numbers)
    mlp["templates"]["chosen"] |= {"alike": 0.9, "dark_deviation": 0.001}
    mlp["templates"]["stated"] |= {"alike": 0.1, "dark_deviation": 0.1}
    said = "the grain at the edge is gone"
    for settings, distortion, reason in (
        ([], "", ""),
        (["optimizer.weight_decay=3e-5"], "", ", since weight decay reaches those weights too"),
        ([], "elastic", ", since distorted images are lit there too"),
    ):
        mlp["chosen"] = mlp["rows"][1] | {"settings": settings, "distortion": distortion}
        assert f"{said}{reason}." in report_of(numbers)
    mlp["jacobians"]["rows"][3]["difference"] = 0.5
    assert "that formula does not hold" in report_of(numbers)
    numbers["cnn"]["pytorch"] = None
    assert "PyTorch is not installed where this report was made" in report_of(numbers)
    mlp["mistakes"]["pairs"] = []
    assert "The most frequent mistakes" not in report_of(numbers)


def test_a_lower_accuracy_is_called_lower(study):
    numbers = copy.deepcopy(study.numbers)
    numbers["mlp"]["few"] |= {"train": 0.99, "validation": 0.975, "gap": 0.015}
    numbers["mlp"]["many"] |= {"train": 0.98, "validation": 0.97, "gap": 0.01}
    assert "with many images is 0.50 percentage points lower." in report_of(numbers)
    numbers["mlp"]["many"]["gap"] = 0.001
    assert "rises no higher, though, (0.50 percentage points of difference)" in report_of(numbers)


def test_the_distortions_are_as_the_report_says():
    low, high = AFFINE.scale
    assert (round(1 - low, 9), round(high - 1, 9)) == (0.1, 0.1)
    pixels = {round(28 * share) for share in AFFINE.translate}
    assert (
        f"turned by up to {AFFINE.degrees} degrees, shifted by up to {pixels.pop()} pixels, "
        f"scaled by up to a tenth and sheared by up to {AFFINE.shear} degrees"
    ) in COURSE.report.read_text()
    assert not pixels
