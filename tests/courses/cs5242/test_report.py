"""The search, and what the report says of a whole run, whichever way its numbers fall."""

import json
import re

import numpy as np
import pytest
from matplotlib.figure import Figure

import handgrad as hg
from handgrad.courses import find_course
from handgrad.courses.cs5242.experiments import run, search
from handgrad.courses.cs5242.experiments.best import best_network
from handgrad.courses.study import Study
from handgrad.recipes import find_recipe, override
from handgrad.recipes.build import build_network
from handgrad.report import render
from tests.courses.cs5242.made import splits_of

SENTENCES = {
    "rate and its decay": {
        "constant": (
            "the network stood still",
            "were worth more than large ones",
            "do not show that the halving",
        ),
        "falling": ("large steps for long and small ones", "were no use", "not shown to be of use"),
    },
    "layers and weight decay": {
        "wider": ("more channels see more", "more channels did not pay", ""),
        "dropout": (
            "a remedy against learning by heart",
            "trains only half",
            "neither a use of it nor a cost",
        ),
    },
    "augmentation": {
        "best": ("cannot be learnt by heart", "was not worth it", "do not show that it is of use"),
    },
    "epochs": {
        "longer_penalised": ("a penalty works against that", "only held the network back", ""),
        "larger": ("can fill a larger network", "a larger network did not pay", ""),
    },
}


@pytest.mark.parametrize("way", range(3))
def test_explanations_follow_the_recorded_numbers(quick, way):
    numbers = json.loads(json.dumps(quick.numbers))
    for stage in numbers["best"]["stages"]:
        for name in stage["compared"]:
            stage["compared"][name] = {"difference": (0.02, -0.02, 0.02)[way], "sure": way < 2}
    values = {**numbers, "data_note": "", "quick": False, "course": "cs5242", "facts": {}}
    text = re.sub(r"\s+", " ", render(find_course("cs5242").report.read_text(), values, "report.md"))
    assert "it is divided by 128" in text
    for stage in SENTENCES.values():
        for sentences in stage.values():
            for position, words in enumerate(sentences):
                if words:
                    assert (words in text) == (position == way), words
    assert ("which can be chance" in text) == (way == 2)


def test_the_recorded_search_fits_the_library():
    found = search.recorded()
    assert found["images"] == [48_000, 12_000]
    assert [stage.name for stage in search.STAGES] == list(dict.fromkeys(t["stage"] for t in found["trials"]))
    for stage in search.STAGES:
        trials = [trial for trial in found["trials"] if trial["stage"] == stage.name]
        assert len(trials) == 1 + len(stage.options)
        assert sum(trial["chosen"] for trial in trials) == 1
        best = max(trials, key=search._merit)
        assert best["chosen"]
    assert found["settings"] == best["settings"]
    recipe = override(find_recipe("mnistnet"), found["settings"])
    assert build_network(recipe).output_shape((1, 28, 28)) == (10,)
    for stage in search.STAGES:
        for settings in stage.options.values():
            build_network(override(find_recipe("mnistnet"), settings))


def test_the_search_chooses_by_validation_and_never_sees_the_test_images(tmp_path):
    splits, seen = splits_of(60, 30, 20), []
    study = Study(tmp_path, splits, quick=True, threads=1, tell=seen.append)
    train = study.train

    def watched(recipe, settings, *, label, splits):
        assert len(splits.test) == 1
        assert not np.shares_memory(splits.test.images, study.splits.test.images)
        return train(recipe, settings, label=label, splits=splits)

    study.train = watched
    wild = search.Stage("rate", 1, {"a": ("optimizer.lr=0.01",), "none": ("optimizer.lr=0.0",)})
    stages = [wild, search.Stage("decay", 1, {"b": ("optimizer.weight_decay=0.0",)})]
    found = search.search(study, splits, stages)
    json.dumps(found, allow_nan=False)
    assert len(found["trials"]) == 5
    first = found["trials"][:3]
    assert max(first, key=search._merit)["chosen"]
    chosen = next(trial for trial in first if trial["chosen"])
    assert found["trials"][3]["settings"] == chosen["settings"]
    assert found["trials"][3]["validation_accuracy"] == chosen["validation_accuracy"]
    assert len(seen) == 4  # the incumbent is not trained twice


class Sketches(Study):
    """Keeps figures by name instead of writing each of them twice, which would take most of the time."""

    def figure(self, name, figure):
        assert isinstance(figure, Figure)
        assert name not in self.sketches
        self.sketches[name] = figure


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """The whole quick run on a few hundred real digits."""
    digits = hg.load_digits().limit(300, 60, 60)
    study = Sketches(tmp_path_factory.mktemp("run"), digits, quick=True, threads=1, tell=lambda _: None)
    study.sketches = {}
    run(study)
    return study


def test_a_quick_run_makes_all_that_the_report_names(quick):
    course = find_course("cs5242")
    numbers = json.loads(json.dumps(quick.numbers, allow_nan=False))
    values = {**numbers, "data_note": "The data are digits.", "quick": True, "course": "cs5242", "facts": {}}
    text = render(course.report.read_text(), values, "report.md")
    named = set(re.findall(r"\(figures/(.+?)\.svg\)", text))
    assert named == set(quick.sketches)
    assert [len(quick.sketches[name].axes) for name in ("training-0.1", "best", "rates", "twins")] == [
        6,
        6,
        2,
        1,
    ]
    assert named == {
        "four-images",
        "training-0.001",
        "training-0.01",
        "training-0.1",
        "rates",
        "twins",
        "best",
    }
    assert "{{" not in text
    assert "Epoch 1:" in text


def test_the_courses_model_and_the_engine_are_one_training(quick):
    twins = quick.numbers["twins"]
    assert twins["loss_differences"]["double"] < 1e-12
    assert twins["weight_differences"]["double"] < 1e-10
    assert 0 < twins["loss_differences"]["passing"] < 0.05


def test_a_report_for_numbers_that_fall_the_other_way(quick):
    """The text follows the numbers: a failed check, a loss that overflowed, a network that missed its aim."""
    numbers = json.loads(json.dumps(quick.numbers))
    numbers["keras"]["rows"][0]["error"] = numbers["keras"]["worst"] = 1e-3
    numbers["runs"][2]["stopped"] = 7
    numbers["runs"][1] |= {"learnt": True, "highest_validation_loss": 9.0, "stopped": None}
    numbers["twins"]["loss_differences"]["double"] = 0.1
    numbers["best"]["result"]["test_accuracy"] = 0.9
    values = {**numbers, "data_note": "", "quick": False, "course": "cs5242", "facts": {}}
    text = render(find_course("cs5242").report.read_text(), values, "report.md")
    for words in (
        "**Not all of them pass**",
        "At iteration 7 the numbers were no numbers any more",
        "the validation loss rises to 9.00",
        "**In the same precision the two are not one training**",
        "The test accuracy is not above the 99.3%",
    ):
        assert words in re.sub(r"\s+", " ", text)
    numbers["best"]["result"]["test_accuracy"] = 0.995
    text = render(find_course("cs5242").report.read_text(), values, "report.md")
    assert "The test accuracy is above the 99.3%" in re.sub(r"\s+", " ", text)


def test_a_search_in_a_study_is_reported_as_made_now(tmp_path, monkeypatch):
    monkeypatch.setattr(search, "STAGES", ())
    splits = splits_of(60, 30, 20)
    study = Study(tmp_path, splits, quick=True, search=True, threads=1, tell=lambda _: None)
    stage = search.Stage("rate", 1, {"a": ("optimizer.lr=0.01",)})
    monkeypatch.setattr(
        "handgrad.courses.cs5242.experiments.best.search",
        lambda study, splits: search.search(study, splits, [stage]),
    )
    numbers, curves = best_network(study, splits)
    assert numbers["searched_now"]
    assert numbers["same_data"]
    assert numbers["stages"][0]["name"] == "rate"
    assert curves["validation"][-1][2] == numbers["result"]["validation_accuracy"]
    assert curves["test"][-1][2] == numbers["result"]["test_accuracy"]
