"""The commands that look at a recipe or a run: recipes, summary, evaluate, predict."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from handgrad.data import Dataset, load_digits
from handgrad.recipes import find_recipe, recipe_names
from tests.cli.commands import handgrad, train
from tests.cli.test_mistakes import refused, save_images


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load_digits().test


def test_recipes_lists_all() -> None:
    listed = handgrad("recipes").out
    assert all(f"\n{name} " in listed for name in recipe_names())
    assert "431,080" in listed
    assert {row["name"]: row["parameters"] for row in handgrad("recipes", "--json").json["recipes"]} == {
        name: find_recipe(name).expects.parameters for name in recipe_names()
    }


def test_recipes_prints_one_that_can_be_trained_as_it_is() -> None:
    answer = handgrad("recipes", "lenet")
    Path("mine.toml").write_text(answer.out)
    assert find_recipe("mine.toml") == find_recipe("lenet")
    assert handgrad("recipes", "lenet", "--json").json == tomllib.loads(answer.out)


def test_summary() -> None:
    out = handgrad("summary", "lenet").out
    assert "Conv2d(20, 50, 5)" in out
    assert "431,080" in out
    found = handgrad("summary", "lenet", "--json", "--set", "network.input_shape=[1,28,28]").json
    assert (found["recipe"], found["parameters"], len(found["rows"])) == ("lenet", 431_080, 8)


def test_evaluate(trained: Path) -> None:
    answer = handgrad("evaluate", trained, "--json")
    found = answer.json
    matrix = np.array(found["confusion"])
    assert (found["data"], found["split"], found["images"]) == ("digits", "test", 250)
    assert matrix.sum() == 250
    assert found["accuracy"] == np.trace(matrix) / 250
    low, high = found["interval"]
    assert 0.9 < low < found["accuracy"] < high < 1
    assert f"accuracy {found['accuracy']:.2%}" in answer.out
    assert "Columns: predicted." in answer.out
    reached = json.loads((trained / "result.json").read_text())
    for split, images in (("train", 1297), ("validation", 250), ("test", 250)):
        answer = handgrad("evaluate", trained, "--split", split, "--json", "--quiet")
        assert (answer.json["split"], answer.json["images"]) == (split, images)
        assert answer.json["accuracy"] == reached.get(f"{split}_accuracy", answer.json["accuracy"])
        assert answer.out.count("\n") == 1


def test_evaluate_normalises_as_in_training() -> None:
    result = train("--set", "data.mean=0.5", "--set", "data.std=0.1", "--steps", 20, "--lr", 0.1)
    found = handgrad("evaluate", result["run"], "--json").json
    assert found["accuracy"] == result["test_accuracy"]


def inverted(image: Image.Image) -> Image.Image:
    return Image.eval(image, lambda grey: 255 - grey)


def enlarged(image: Image.Image) -> Image.Image:
    return image.resize((300, 300), Image.Resampling.BICUBIC)


def shifted(image: Image.Image) -> Image.Image:
    paper = Image.new("L", (90, 60), 0)
    paper.paste(image, (60, 2))
    return paper


def on_yellow_paper(image: Image.Image) -> Image.Image:
    paper = Image.new("RGB", (140, 140), (250, 240, 150))
    paper.paste((20, 30, 90), (0, 0), enlarged(image).resize((140, 140)))
    return paper


@pytest.mark.parametrize(
    ("change", "ending"),
    [
        (lambda image: image, "png"),
        (inverted, "png"),
        (enlarged, "jpg"),
        (shifted, "png"),
        (on_yellow_paper, "jpg"),
    ],
)
def test_predict_reads_pictures_of_any_kind(change, ending: str, trained: Path, digits: Dataset) -> None:
    positions = [int(np.flatnonzero(digits.labels == digit)[1]) for digit in range(10)]
    names = [f"{digit}.{ending}" for digit in range(10)]
    for name, position in zip(names, positions, strict=True):
        change(Image.fromarray(digits.images[position])).save(name)
    answers = handgrad("predict", trained, *names, "--json").json["predictions"]
    assert [answer["image"] for answer in answers] == names
    right = sum(answer["class"] == digit for digit, answer in enumerate(answers))
    assert right >= 9  # the network itself reads 95% of its test images
    for answer in answers:
        assert answer["probability"] == max(answer["probabilities"])
        assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-5)
    plain = handgrad("predict", trained, names[0]).out
    assert plain == f"{names[0]}: {answers[0]['class']} ({answers[0]['probability']:.1%})\n"


def test_predict_claims_no_probability_where_the_loss_makes_none(digits: Dataset) -> None:
    Image.fromarray(digits.images[0]).save("digit.png")
    run = train("--set", "loss.type=EuclideanLoss", "--steps", 1)["run"]
    assert "probability" not in handgrad("predict", run, "digit.png", "--json").json["predictions"][0]
    assert "%" not in handgrad("predict", run, "digit.png").out


def test_predict_says_which_form_the_network_wants(digits: Dataset) -> None:
    save_images(Path("small"), 8)
    layers = 'network.layers=["Flatten()","Linear(64,10)"]'
    shape = "network.input_shape=[1,8,8]"
    command = ("train", "mlp", "--data", "small", "--no-verify", "--steps", 1, "--json")
    run = handgrad(*command, "--set", layers, "--set", shape).json["run"]
    Image.fromarray(digits.images[0]).save("digit.png")
    assert "[1, 28, 28], the shape of these images" in refused("predict", run, "digit.png")
    assert "the images of digits" in refused("evaluate", run, "--data", "digits")
