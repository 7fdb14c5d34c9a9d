"""What the README and the page of benchmarks say in passing, held against the records."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks import speed
from benchmarks.parts.numbers import cut, percent

ROOT = Path(__file__).parent.parent
BENCHMARKS = (ROOT / "benchmarks/README.md").read_text(encoding="utf-8")


def text_of(page: str) -> str:
    """A page as one line."""
    return " ".join((ROOT / page).read_text(encoding="utf-8").split())


def record(name: str) -> Any:
    return json.loads((ROOT / "benchmarks" / f"{name}.json").read_text(encoding="utf-8"))


SPEED = record("speed")["comparisons"]


def entry(recipe: str, name: str, measure: str) -> Any:
    """A contestant's record; of PyTorch the fastest."""
    comparison = next(each for each in SPEED if each["recipe"] == recipe)
    name = comparison["fastest_pytorch"][measure] if name == "torch" else name
    return next(each for each in comparison["entries"] if each["name"] == name)


def share(recipe: str, name: str, measure: str) -> float:
    found: float = entry(recipe, name, measure)["derived"][measure]["share_of_peak"]
    return found


def test_what_was_aimed_at_is_beside_what_was_reached() -> None:
    shown = BENCHMARKS.partition("<!-- aims -->")[2].partition("<!-- /aims -->")[0].strip()
    assert shown == speed.aims()
    assert {line.split("`")[1] for line in shown.splitlines()[2:]} == set(speed.AIMS)


def test_a_missed_aim_is_bold_and_not_rounded_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "AIMS", {**speed.AIMS, "lenet": (99.0, 0.1)})
    (line,) = (line for line in speed.aims().splitlines() if line.startswith("| `lenet`"))
    training, inference = (
        cut(entry("lenet", "compiled", name)["derived"][name]["ratio_to_fastest_pytorch"]["median"], 2)
        for name in ("training", "inference")
    )
    assert f"| 99.0 | **{training:.2f}** |" in line
    assert f"| 0.1 | {inference:.2f} |" in line


def test_every_missed_aim_is_explained() -> None:
    missed = {line.split("`")[1] for line in speed.aims().splitlines() if "**" in line}
    assert set(re.findall(r"`([\w-]+)` falls short", BENCHMARKS)) == missed


def test_the_speeds_that_the_readme_names() -> None:
    text, lenet = text_of("README.md"), entry("lenet", "compiled", "training")
    ours, theirs = (share("thu-mlp", name, "inference") for name in ("compiled", "torch"))
    memory = [
        each["peak_memory"]["training"]
        for each in next(each for each in SPEED if each["recipe"] == "lenet")["entries"]
        if each["family"] == "PyTorch" and not each["remark"]
    ]
    sentences = (
        f"it reaches {cut(theirs, 2):.0%} of the measured peak, handgrad {cut(ours, 2):.0%}",
        f"LeNet's step reaches {cut(share('lenet', 'compiled', 'training'), 2):.0%} of the multiply-add peak",
        f"needs {lenet['peak_memory']['training'] / 1e6:.0f} MB of memory, libraries included, and PyTorch's "
        f"{min(memory) / 1e6:.0f} MB",
        f"its first run compiles for {lenet['cold']['first']['training']:.1f} s",
    )
    for sentence in sentences:
        assert sentence in text
    with_convolutions = [each["recipe"] for each in SPEED if "mlp" not in each["recipe"]]
    ratios = [
        entry(recipe, "compiled", "training")["derived"]["training"]["ratio_to_fastest_pytorch"]["median"]
        for recipe in with_convolutions
    ]
    words = dict(enumerate(["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 2))
    assert f"{words[int(min(ratios))]} to {words[int(max(ratios))]} times as fast as PyTorch" in text
    rounds = {len(each["entries"][0]["seconds"]["training"]) for each in SPEED}
    assert rounds == {7}
    assert "medians of seven rounds" in text


def test_the_race_that_the_readme_tells_of() -> None:
    found = record("fast")
    ours, *theirs = found["sides"]
    rival = next(side for side in theirs if side["title"] == found["verdict"]["rival"])
    seconds = [training["seconds"] for training in rival["trainings"]]
    sentences = (
        f"{percent(ours['mean_accuracy'])} ± {100 * ours['accuracy_deviation']:.2f}% of the test images",
        f"after {ours['median_seconds']:.2f} s in the median",
        f"(without any: {found['cold_seconds']:.1f} s)",
        f"PyTorch needed {rival['median_seconds']:.1f} s ({min(seconds):.1f} to {max(seconds):.1f})",
        f"and came to {percent(rival['mean_accuracy'])}: ",
        f"{cut(found['verdict']['ratio'], 1):.1f} times as long",
    )
    for sentence in sentences:
        assert sentence in text_of("README.md")
    assert len(ours["trainings"]) == 10


def test_how_alike_the_engines_train() -> None:
    final = record("agreement")["final"]
    means = [f"{100 * final['mean'][engine]:.2f}%" for engine in ("compiled", "reference", "torch")]
    assert f"at {means[0]}, {means[1]} and {means[2]}" in text_of("README.md")
    assert len(final["accuracies"]["compiled"]) == 5


def test_two_threads_beside_one() -> None:
    found = record("threads")
    ratio, rounds = found["ratio"], len(found["seconds"]["1"])
    spread = f"({ratio['low']:.2f} to {ratio['high']:.2f} in {rounds} rounds"
    assert f"{cut(ratio['median'], 2):.2f} times as fast on two {spread}" in text_of("benchmarks/README.md")
