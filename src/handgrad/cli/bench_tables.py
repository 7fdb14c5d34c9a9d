"""How ``handgrad bench`` prints what it found."""

from collections.abc import Sequence
from itertools import groupby

from handgrad.bench import Comparison, Entry, Spread, Start, describe
from handgrad.cli.output import say, table

ABOUT_RECIPES = """\
x PyTorch: times as fast as the fastest float32 PyTorch, median of the rounds.
First step: seconds from before a library's import to the end of the first
call; cold means without compiled kernels from before, where it keeps any.
Memory: the most that the process had needed when its training was timed."""

ABOUT_LAYERS = """\
x PyTorch: times as fast as the fastest PyTorch, median of the rounds. Each
layer stands alone, with its real input, in each contestant's own layout: what
fusing it with its neighbours saves is not seen here. Forward is the layer in
training. Backward goes from a given gradient to those of the parameters and,
where something before the layer learns, to dx. No loss, no optimizer."""


def show(comparisons: Sequence[Comparison], peak_gflops: float | None) -> None:
    """Print comparisons, the layers of a recipe in common tables.

    Arguments:
        comparisons: of recipes, or of layers.
        peak_gflops: of the machine; None: unknown, and no share of it is shown.
    """
    for layers, group in groupby(comparisons, key=lambda found: bool(found.layer)):
        if layers:
            for recipe, own in groupby(group, key=lambda found: found.recipe):
                _show_layers(recipe, list(own), peak_gflops)
        else:
            for comparison in group:
                _show_recipe(comparison, peak_gflops)


def explain(*, layers: bool) -> None:
    """Print what the columns mean."""
    say(f"\n{ABOUT_LAYERS if layers else ABOUT_RECIPES}")


def _show_recipe(comparison: Comparison, peak_gflops: float | None) -> None:
    """A table for each measure, and one of start and memory."""
    say(f"\n{comparison.title}")
    for measure in comparison.measures:
        entries = [entry for entry in comparison.entries if measure in entry.seconds]
        in_images = comparison.images[measure] > 1  # of a single image a time says more than a speed
        first = ["images/s", "slowest to fastest"] if in_images else ["µs", "fastest to slowest"]
        headings = [describe(comparison, measure), *first, *_headings(peak_gflops)]
        rows = []
        for entry in entries:
            speed = comparison.images_per_second(entry, measure)
            found = speed if in_images else comparison.microseconds(entry, measure)
            rows.append([_who(entry), *_spread(found), *_cells(comparison, entry, measure, peak_gflops)])
        if rows:
            say("")
            table("", headings, rows, right=len(headings) - 1)
    starts = [
        [entry.title, _seconds(entry.cold), _seconds(entry.warm), _megabytes(entry)]
        for entry in comparison.entries
        if entry.warm
    ]
    if starts:
        say("")
        table("", ["first step and memory", "cold, s", "warm, s", "MB"], starts, right=3)
    _show_failures(comparison.entries)


def _show_layers(recipe: str, layers: Sequence[Comparison], peak_gflops: float | None) -> None:
    """A table for each direction."""
    for direction in layers[0].measures:
        rows = []
        for layer in layers:
            name = layer.layer
            for entry in layer.entries:
                if direction in entry.seconds:
                    cells = _cells(layer, entry, direction, peak_gflops)
                    rows.append([name, entry.title, *_spread(layer.microseconds(entry, direction)), *cells])
                    name = ""  # once is enough
        if rows:
            say(f"\n{recipe}: {describe(layers[0], direction)}\n")
            headings = ["layer", "", "µs", "fastest to slowest", *_headings(peak_gflops)]
            table("", headings, rows, right=len(headings) - 2)
    failed = {entry.name: entry for layer in layers for entry in layer.entries if entry.failure}
    _show_failures(list(failed.values()))


def _show_failures(entries: Sequence[Entry]) -> None:
    for entry in entries:
        if entry.failure:
            say(f"{entry.title}: not measured: {entry.failure.rstrip('.')}")


def _headings(peak_gflops: float | None) -> list[str]:
    return ["x PyTorch", "GFLOP/s", *(["of peak"] if peak_gflops else [])]


def _cells(comparison: Comparison, entry: Entry, measure: str, peak_gflops: float | None) -> list[str]:
    """The cells under `_headings`."""
    ratio, gflops = comparison.ratio(entry, measure), comparison.gflops(entry, measure)
    cells = [f"{ratio.median:.2f}" if ratio else "-", f"{gflops:,.1f}" if gflops else "-"]
    if peak_gflops:
        cells.append(f"{gflops / peak_gflops:.0%}" if gflops else "-")
    return cells


def _spread(spread: Spread) -> list[str]:
    digits = 0 if spread.median >= 100 else 1
    return [f"{spread.median:,.{digits}f}", f"{spread.low:,.{digits}f} to {spread.high:,.{digits}f}"]


def _who(entry: Entry) -> str:
    return f"{entry.title} ({entry.remark})" if entry.remark else entry.title


def _seconds(start: Start | None) -> str:
    return f"{start.seconds:.1f}" if start and start.first else "-"


def _megabytes(entry: Entry) -> str:
    memory = next(iter(entry.peak_memory.values()), None)
    return f"{memory / 1e6:,.0f}" if memory else "-"
