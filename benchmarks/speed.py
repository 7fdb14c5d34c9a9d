"""The README's table of speed, in Markdown, from a stored run of the benchmark; and what was aimed at.

handgrad bench --out benchmarks/speed.json     half an hour, with nothing else running
.venv/bin/python benchmarks/speed.py           its tables: for the README, and for the page beside this file
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that it runs from any folder

from benchmarks.parts.numbers import cut
from handgrad.bench import read_results
from handgrad.bench.results import Comparison
from handgrad.bench.side import INFERENCE, LATENCY, TRAINING

RECORD = Path(__file__).parent / "speed.json"
HEADINGS = ("recipe", "training: handgrad", "PyTorch", "ratio", "1,000 images: handgrad", "PyTorch", "ratio",
            "one image: handgrad", "PyTorch")  # fmt: skip
OURS = "compiled"
COLUMNS = ("aim", "reached", "of peak", "PyTorch of peak")
AIMS = {
    "lenet": (2.0, 2.0),
    "hw5": (2.5, 3.0),
    "convnet": (2.0, 2.0),
    "thu-cnn2": (2.0, 2.0),
    "mnistnet": (2.0, 1.5),
    "mlp": (1.5, 1.2),
    "thu-mlp": (1.5, 1.2),
}
"""How many times as fast as the fastest PyTorch a recipe was meant to train, and to predict 1,000 images."""


def table() -> str:
    """Handgrad's compiled engine beside the fastest float32 configuration of PyTorch, measure by measure."""
    lines = [f"| {' | '.join(HEADINGS)} |", f"|{'---|' * len(HEADINGS)}"]
    for comparison in read_results(RECORD).comparisons:
        cells = [f"`{comparison.recipe}` ({comparison.images[TRAINING]})"]
        for measure in (TRAINING, INFERENCE):
            ours, theirs = (speed(comparison, measure, mine=mine) for mine in (True, False))
            cells += [f"{ours:,.0f}", f"{theirs:,.0f}", f"{ratio(comparison, measure):.2f}"]
        cells += [f"{1e6 / speed(comparison, LATENCY, mine=mine):,.0f} µs" for mine in (True, False)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def aims() -> str:
    """What was aimed at, and what was reached of it: never rounded up, and bold where it is missed."""
    headings = [f"{name}: {word}" for name in ("training", "1,000 images") for word in COLUMNS]
    lines = [f"| recipe | {' | '.join(headings)} |", f"|---|{'---:|' * len(headings)}"]
    comparisons = {
        one["recipe"]: one for one in json.loads(RECORD.read_text(encoding="utf-8"))["comparisons"]
    }
    for comparison in (comparisons[recipe] for recipe in AIMS):
        cells = [f"`{comparison['recipe']}`"]
        for measure, aim in zip((TRAINING, INFERENCE), AIMS[comparison["recipe"]], strict=True):
            derived = {entry["name"]: entry["derived"].get(measure) for entry in comparison["entries"]}
            mine, theirs = derived[OURS], derived[comparison["fastest_pytorch"][measure]]
            reached = mine["ratio_to_fastest_pytorch"]["median"]
            text = f"{cut(reached, 2):.2f}" if reached >= aim else f"**{cut(reached, 2):.2f}**"
            # of the peak that was measured in the same run: rows may be of several
            cells += [f"{aim}", text, *(f"{cut(each['share_of_peak'], 2):.0%}" for each in (mine, theirs))]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def speed(comparison: Comparison, measure: str, *, mine: bool) -> float:
    """Images a second, of ours or of the fastest PyTorch: the median of the rounds."""
    entry = ours(comparison) if mine else comparison.yardstick(measure)
    return comparison.images_per_second(entry, measure).median


def ratio(comparison: Comparison, measure: str) -> float:
    """How many times faster, round by round: the median."""
    return comparison.ratio(ours(comparison), measure).median


def ours(comparison: Comparison) -> object:
    """The compiled engine's entry."""
    return next(entry for entry in comparison.entries if entry.name == OURS)


if __name__ == "__main__":
    print(table(), aims(), sep="\n\n")
