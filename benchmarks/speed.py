"""The README's table of speed, in Markdown, from a stored run of the benchmark.

handgrad bench --out benchmarks/speed.json --plot docs/speed.svg     half an hour, with nothing else running
.venv/bin/python benchmarks/speed.py                                 the table of that run
"""

from pathlib import Path

from handgrad.bench import read_results
from handgrad.bench.results import Comparison
from handgrad.bench.side import INFERENCE, LATENCY, TRAINING

RECORD = Path(__file__).parent / "speed.json"
HEADINGS = ("recipe", "training: handgrad", "PyTorch", "ratio", "1,000 images: handgrad", "PyTorch", "ratio",
            "one image: handgrad", "PyTorch")  # fmt: skip
OURS = "compiled"


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
    print(table())
