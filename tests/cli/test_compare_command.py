"""``handgrad compare``: what it prints, and what it refuses."""

import re
import sys
from itertools import count

import pytest

from handgrad.recipes import comparing
from tests.cli.commands import ON_DIGITS, handgrad
from tests.cli.test_mistakes import refused
from tests.cli.test_train_command import in_a_terminal

pytest.importorskip("torch")
pytestmark = pytest.mark.torch

OURS = ("compare", "mlp", *ON_DIGITS, "--engine", "reference")
PROMISED = {
    *("recipe", "data", "seed", "threads", "batch_size", "steps", "every", "engines", "images_per_second"),
    *("interruptions", "ratio", "lowest", "highest", "difference", "parameter", "records"),
}
SIDE = {"loss", "accuracy", "validation", "images_per_second", "seconds", "interruptions"}


@pytest.fixture(autouse=True)
def undisturbed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else this machine is doing."""
    monkeypatch.setattr(comparing, "interruptions_so_far", lambda: 0)


def test_two_lines_a_record_and_the_json_behind_them() -> None:
    answer = handgrad(*OURS, "--steps", 8, "--every", 3, "--set", "train.batch_size=100", "--json")
    assert (answer.code, answer.err) == (0, "")
    result = answer.json
    assert result.keys() == PROMISED
    assert (result["recipe"], result["data"], result["seed"]) == ("mlp", "digits", 0)
    assert (result["batch_size"], result["steps"], result["every"], result["threads"]) == (100, 8, 3, 1)
    assert result["engines"] == ["reference", "torch"]
    assert result["images_per_second"].keys() == {"reference", "torch"}
    assert 0 < result["lowest"] <= result["ratio"] <= result["highest"]
    records = result["records"]
    assert [record["step"] for record in records] == [3, 6, 8]
    assert result["difference"] == records[-1]["difference"] < 1e-5
    lines = answer.out.splitlines()
    table = lines.index(next(line for line in lines if line.split()[:2] == ["step", "engine"]))
    for number, record in enumerate(records):
        assert record["sides"].keys() == {"reference", "torch"}
        for place, (name, side) in enumerate(record["sides"].items()):
            assert side.keys() == SIDE
            line = lines[table + 1 + 2 * number + place]
            assert f"{side['loss']:.4f}" in line
            assert f"{side['accuracy']:.2%}" in line
            assert f"{side['validation']['accuracy']:.2%}" in line
            assert f"{side['images_per_second']:,.0f}" in line
            assert line.split()[1 - place] == name  # the step stands before ours only
        assert f"{record['difference']:.1e} in {record['parameter']}" in lines[table + 1 + 2 * number]
    assert max(map(len, lines[:-1])) <= 80


def test_the_words_around_the_table() -> None:
    out = handgrad(*OURS, "--steps", 2).out
    assert re.search(r"1,297 / 250 images .*\n2 steps of 256 images on 1 thread\n", out)
    assert re.search(r"\nreference beside PyTorch \d\S*, from the same weights, on the same batches\n", out)
    last = out.splitlines()[-2:]
    assert re.fullmatch(r"largest difference of a weight after step 2: (none|\S+e-\d\d in \d\.\w+)", last[0])
    speeds = r"reference [\d,]+ images/s, torch [\d,]+: (\S+) times as fast \((\S+) to (\S+)\)"
    ratios = re.fullmatch(speeds, last[1])
    assert ratios
    assert set(ratios.groups()) <= {f"{float(ratio):.2f}" for ratio in ratios.groups()}
    assert "dropout" not in out
    assert "\x1b" not in out
    layers = 'network.layers=["Flatten()", "Dropout(0.5)", "Linear(784, 10)"]'
    assert "other dropout masks" in handgrad(*OURS, "--steps", 1, "--set", layers).out


def test_quiet_prints_nothing_but_the_end() -> None:
    assert handgrad(*OURS, "--steps", 1, "--quiet").out.count("\n") == 2
    answer = handgrad(*OURS, "--steps", 1, "--quiet", "--json")
    assert answer.out.count("\n") == 1
    assert answer.json["steps"] == 1


def test_it_says_when_other_programs_want_the_cores(monkeypatch) -> None:
    monkeypatch.setattr(comparing, "interruptions_so_far", count(step=100).__next__)
    answer = handgrad(*OURS, "--steps", 3, "--quiet")
    assert answer.code == 0
    said = "handgrad: other programs took the cores away 300 times a second: these speeds say little\n"
    assert answer.err == said  # a run of less than a second counts as one


def test_the_other_way_round() -> None:
    result = handgrad(
        "compare", "mlp", *ON_DIGITS, "--engine", "torch", "--against", "reference", "--steps", 1, "--json"
    )
    assert result.json["engines"] == ["torch", "reference"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_bar_in_a_terminal() -> None:
    shown = in_a_terminal(*OURS, "--steps", "60", "--every", "20")
    assert "━" in shown
    assert re.search(r"step +\d+/60", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown))
    assert len(re.findall(r" torch  +\d\.\d{4}", shown)) == 3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["compare"], "RECIPE"),
        (["compare", "lenett"], "did you mean lenet"),
        ([*OURS, "--against", "torhc"], 'Did you mean "torch"?'),
        ([*OURS, "--against", "reference"], "two different engines, got reference twice"),
        (["compare", "mlp", *ON_DIGITS, "--engine", "fast"], "engine: expected one of compiled"),
        ([*OURS, "--every", "0"], "a number of steps above 0"),
        ([*OURS, "--steps", "0"], "above 0"),
        ([*OURS, "--set", "optimizer.momentm=1"], "did you mean 'momentum'"),
        (["compare", "lenet", "--data", "digit", "--engine", "reference"], "did you mean digits"),
    ],
)
def test_mistakes(arguments: list[str], says: str) -> None:
    assert says in refused(*arguments)


def test_without_pytorch_it_says_how_to_get_it(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)  # as if it were not installed
    assert "pip install 'handgrad[peers]'" in refused(*OURS, "--steps", 1)


def test_a_loss_that_is_no_number_any_more_says_whose() -> None:
    sentence = refused(*OURS, "--steps", 40, "--set", "optimizer.lr=1e38", "--set", "loss.type=MSELoss")
    assert re.search(r"handgrad: (reference|torch), step \d+: expected finite", sentence)
