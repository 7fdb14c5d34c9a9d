"""Results as panels for `handgrad.report.speed_figure`."""

from handgrad.bench.results import Comparison, Entry, Results
from handgrad.bench.side import INFERENCE, INFERENCE_IMAGES, LATENCY, TRAINING
from handgrad.report import Bar, Panel


def speed_panels(results: Results) -> list[Panel]:
    """For each comparison a panel for each measure but the latency of one image.

    Recipes in images a second, layers in microseconds.

    Arguments:
        results: contestants that failed have no bar.
    """
    return [
        Panel(
            title=f"{comparison.title}: {describe(comparison, measure)}",
            unit="µs, shorter is better" if comparison.layer else "images/s, longer is better",
            bars=tuple(
                _bar(comparison, entry, measure) for entry in comparison.entries if measure in entry.seconds
            ),
        )
        for comparison in results.comparisons
        for measure in comparison.measures
        if measure != LATENCY
    ]


def describe(comparison: Comparison, measure: str) -> str:
    """A measure in words."""
    images = comparison.images[measure]
    words = {
        TRAINING: f"training, batches of {images}",
        INFERENCE: f"inference of {INFERENCE_IMAGES:,} images",
        LATENCY: "prediction of one image",
    }
    return words.get(measure, f"{measure}, batches of {images}")


def _bar(comparison: Comparison, entry: Entry, measure: str) -> Bar:
    ratio = comparison.ratio(entry, measure)
    found = (
        comparison.microseconds(entry, measure)
        if comparison.layer
        else comparison.images_per_second(entry, measure)
    )
    return Bar(
        label=entry.title,
        family=entry.family,
        median=found.median,
        low=found.low,
        high=found.high,
        note=f"{ratio.median:.2f}×" if ratio else "",
        hatched=bool(entry.remark),
    )
