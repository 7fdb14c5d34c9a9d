"""``handgrad compare``."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from handgrad.cli.compare_table import ComparisonTable, in_words
from handgrad.cli.options import (
    RECIPE,
    RUN,
    DataOptions,
    EngineName,
    Json,
    Quiet,
    Settings,
    Threads,
    load_splits,
)
from handgrad.cli.output import last_line, say, warn
from handgrad.engine.torch import TorchEngine
from handgrad.recipes import find_recipe, override
from handgrad.recipes.comparing import SideBySide, build_rivals
from handgrad.recipes.comparison import Comparison, Speeds, speeds_of

EXAMPLES = """Examples:

  handgrad compare lenet --steps 300
  handgrad compare mlp --data digits --steps 60     no download needed
  handgrad compare hw5 --every 50 --set optimizer.lr=0.5
  handgrad compare lenet --engine reference --json

Both engines begin with the same weights and see the same batches. They take
turns, on as many threads each, and only training steps are timed: close what
else is running. PyTorch comes with: pip install 'handgrad[peers]'
"""

NO_DATA = DataOptions()
MANY_INTERRUPTIONS = 150  # a second: with nothing else running there are 30 to 100 on two cores

USAGE = "Usage: handgrad compare RECIPE [OPTIONS]"

app = App(name="compare", usage=USAGE, help_epilogue=EXAMPLES)


@app.default
def run(
    recipe: Annotated[str, Parameter(group=RECIPE)],
    /,
    *,
    settings: Settings = None,
    steps: Annotated[int | None, Parameter(group=RECIPE)] = None,
    source: DataOptions = NO_DATA,
    every: Annotated[int | None, Parameter(group=RUN)] = None,
    engine: EngineName = None,
    against: Annotated[Literal["torch", "reference"], Parameter(group=RUN)] = "torch",
    threads: Threads = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Train a recipe beside PyTorch, step by step.

    Parameters
    ----------
    recipe
        a name from "handgrad recipes", or a TOML file
    steps
        batches to train for; else as long as the recipe says
    every
        steps between rows of the table; else a tenth of all
    against
        what it is compared with
    """
    chosen = override(
        find_recipe(recipe), [*(settings or []), *([] if steps is None else [f"train.steps={steps}"])]
    )
    rivals = build_rivals(chosen, (engine, against), threads=threads)
    splits = load_splits(chosen, source, fallback=True, quiet=quiet)  # a slip has shown before a download
    pair = SideBySide(chosen, rivals, splits, every=every)
    _introduce(pair, quiet=quiet)
    records = []
    with ComparisonTable(pair.total, _names(pair), quiet=quiet) as table:
        for record in pair.records(table.turn):
            table.record(record)
            records.append(record)
    say("", quiet=quiet)
    speeds = speeds_of(records)
    _conclude(speeds, records[-1], quiet=quiet and json)
    if json:
        last_line(_result(pair, records, speeds))


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _names(pair: SideBySide) -> tuple[str, str]:
    ours, theirs = pair.rivals
    return ours.name, theirs.name


def _introduce(pair: SideBySide, *, quiet: bool) -> None:
    recipe, train, validation = pair.recipe, pair.splits.train, pair.splits.validation
    ours, theirs = (
        f"PyTorch {run.version}" if isinstance(run, TorchEngine) else run.name for run in pair.rivals
    )
    say(f"{recipe.name}: {recipe.description}", quiet=quiet)
    say(f"{train.name}: {len(train):,} / {len(validation):,} images to train and validate with", quiet=quiet)
    say(
        f"{_counted(pair.total, 'step')} of {_counted(pair.plan.batch_size, 'image')}"
        f" on {_counted(pair.rivals[0].threads, 'thread')}",
        quiet=quiet,
    )
    say(f"{ours} beside {theirs}, from the same weights, on the same batches", quiet=quiet)
    if pair.draws_apart:
        say("PyTorch draws other dropout masks, so the two cannot walk the same path", quiet=quiet)
    say("", quiet=quiet)


def _conclude(speeds: Speeds, last: Comparison, *, quiet: bool) -> None:
    (ours, fast), (theirs, other) = speeds.images_per_second.items()
    say(f"largest difference of a weight after step {last.step:,}: {in_words(last)}", quiet=quiet)
    say(
        f"{ours} {fast:,.0f} images/s, {theirs} {other:,.0f}: {speeds.ratio:.2f} times as fast"
        f" ({speeds.lowest:.2f} to {speeds.highest:.2f})",
        quiet=quiet,
    )
    worst = max(speeds.interruptions.values())
    if worst > MANY_INTERRUPTIONS:
        warn(f"other programs took the cores away {worst:,.0f} times a second: these speeds say little")


def _result(pair: SideBySide, records: list[Comparison], speeds: Speeds) -> dict[str, Any]:
    return {
        "recipe": pair.recipe.name,
        "data": pair.splits.train.name,
        "seed": pair.plan.seed,
        "threads": pair.rivals[0].threads,
        "batch_size": pair.plan.batch_size,
        "steps": pair.total,
        "every": pair.every,
        "engines": list(_names(pair)),
        **asdict(speeds),
        "difference": records[-1].difference,
        "parameter": records[-1].parameter,
        "records": [asdict(record) for record in records],
    }
