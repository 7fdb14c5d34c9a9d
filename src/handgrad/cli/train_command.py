"""``handgrad train``."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from handgrad.cli.options import (
    RECIPE,
    RUN,
    DataOptions,
    EngineName,
    Json,
    Quiet,
    RunFolders,
    Settings,
    Threads,
    load_splits,
)
from handgrad.cli.output import last_line, say, warn
from handgrad.cli.progress import TrainingDisplay, gentle_interrupt
from handgrad.data import Splits
from handgrad.data.load import NAMES
from handgrad.errors import ArgumentError
from handgrad.recipes import (
    Recipe,
    Running,
    begin,
    build_network,
    build_run,
    find_recipe,
    override,
    recipe_of,
    result_of,
    resume,
)
from handgrad.train import RunFolder

EXAMPLES = """Examples:

  handgrad train lenet
  handgrad train lenet --epochs 1 --lr 0.03 --seed 7
  handgrad train lenet --set data.train_images=10000 --set optimizer.lr=0.02
  handgrad train lenet --data digits --json    no download: 1,797 small digits
  handgrad train my-recipe.toml --data my-images/ --no-verify
  handgrad train --resume runs/lenet-20260101-120000

A recipe is a TOML file; "handgrad recipes lenet > my-recipe.toml" begins one
of your own. Each run gets a folder with its complete recipe, its records, its
weights and a checkpoint. Ctrl-C stops after a checkpoint; --resume goes on
from there and ends with the very bits of a run that was never stopped.
"""

NO_DATA = DataOptions()
RUNS = Path("runs")

USAGE = "Usage: handgrad train RECIPE [OPTIONS]\n       handgrad train --resume RUN"

app = App(name="train", usage=USAGE, help_epilogue=EXAMPLES)


@app.default
def run(
    recipe: Annotated[str | None, Parameter(group=RECIPE)] = None,
    /,
    *,
    settings: Settings = None,
    epochs: Annotated[int | None, Parameter(group=RECIPE)] = None,
    steps: Annotated[int | None, Parameter(group=RECIPE)] = None,
    batch_size: Annotated[int | None, Parameter(group=RECIPE)] = None,
    lr: Annotated[float | None, Parameter(group=RECIPE)] = None,
    seed: Annotated[int | None, Parameter(group=RECIPE)] = None,
    source: DataOptions = NO_DATA,
    resume: Annotated[Path | None, Parameter(group=RUN, metavar="DIR")] = None,
    runs: RunFolders = RUNS,
    engine: EngineName = None,
    threads: Threads = None,
    quiet: Quiet = False,
    json: Json = False,
) -> int:
    """Train a recipe, or go on with a run.

    Parameters
    ----------
    recipe
        a name from "handgrad recipes", or a TOML file
    epochs
        passes over the training images; short for --set train.epochs=...
    steps
        batches to train for, instead of epochs
    batch_size
        images a step
    lr
        the learning rate; short for --set optimizer.lr=...
    seed
        of first values, order, dropout and augmentation
    resume
        a run folder to go on with, instead of a recipe
    """
    shortcuts = {
        "train.epochs": epochs,
        "train.steps": steps,
        "train.batch_size": batch_size,
        "train.seed": seed,
        "optimizer.lr": lr,
    }
    given = [*(settings or []), *(f"{key}={value}" for key, value in shortcuts.items() if value is not None)]
    if (recipe is None) == (resume is None):
        got = "neither" if recipe is None else "both"
        expected = "a recipe, or --resume with a run folder"
        raise ArgumentError("train", expected=expected, got=got, hint="handgrad train lenet")
    if recipe is not None:
        running = _begin(override(find_recipe(recipe), given), source, runs, engine, threads, quiet=quiet)
    else:
        folder = RunFolder.open(Path(str(resume)))
        elsewhere = {"--data": source.data, "--engine": engine, "--runs": None if runs == RUNS else runs}
        _refuse([*given, *(name for name, value in elsewhere.items() if value is not None)], folder)
        result = result_of(folder)
        if result is not None:
            say(f"{folder.path} is finished: {result['finished']}; nothing was changed", quiet=quiet)
            return _show(result, quiet=quiet, json=json)
        running = _resume(folder, source, threads, quiet=quiet)
    return _train(running, quiet=quiet, json=json)


def _begin(
    recipe: Recipe, source: DataOptions, runs: Path, engine: str | None, threads: int | None, *, quiet: bool
) -> Running:
    build_run(recipe, build_network(recipe), engine=engine, threads=threads)  # a slip shows before a download
    splits = load_splits(recipe, source, fallback=True, quiet=quiet)
    recipe = _found_again(recipe, source, splits)
    running = begin(recipe, splits, runs, engine=engine, threads=threads)
    parts = (running.splits.train, running.splits.validation, running.splits.test)
    counts = " / ".join(f"{len(part):,}" for part in parts)
    say(f"{recipe.name}: {recipe.description}", quiet=quiet)
    say(f"source: {recipe.source or 'your own'}", quiet=quiet)
    say(str(running.training.run.network.summary(tuple(recipe.network.input_shape))), quiet=quiet)
    say(f"{parts[0].name}: {counts} images to train, validate and test with", quiet=quiet)
    total, size = running.training.total, recipe.train.batch_size
    say(f"{total:,} steps of {size} images, into {running.folder.path}", quiet=quiet)
    return running


def _resume(folder: RunFolder, source: DataOptions, threads: int | None, *, quiet: bool) -> Running:
    splits = load_splits(recipe_of(folder), source, quiet=quiet)
    running = resume(folder, splits, threads=threads)
    step, total = running.training.progress.step, running.training.total
    say(f"going on with {folder.path} after step {step:,} of {total:,}", quiet=quiet)
    return running


def _train(running: Running, *, quiet: bool, json: bool) -> int:
    with gentle_interrupt() as interrupted, TrainingDisplay(running.training, quiet=quiet) as display:

        def after_step() -> bool:
            display.step()
            return bool(interrupted)

        for record in running.train(stop=after_step):
            display.record(record)
    path, progress = running.folder.path, running.training.progress
    if not progress.finished:
        warn(f"stopped after step {progress.step:,}; go on with: handgrad train --resume {path}")
        return 128 + interrupted[0]  # as a shell counts signals: 130 for Ctrl-C
    return _show(running.finish(), quiet=quiet, json=json)


def _show(result: dict[str, Any], *, quiet: bool, json: bool) -> int:
    say(
        f"validation {result['validation_accuracy']:.2%}  test {result['test_accuracy']:.2%}"
        f"  in {result['seconds']:,.0f} s, {result['run']}",
        quiet=quiet and json,
    )
    if json:
        last_line(result)
    return 0


def _refuse(given: list[str], folder: RunFolder) -> None:
    if given:
        raise ArgumentError(
            "train --resume",
            expected=f"no other settings, as {folder.path} has its own",
            got=", ".join(given),
            hint=f"to change some, begin anew: handgrad train {folder.path}/recipe.toml --set ...",
        )


def _found_again(recipe: Recipe, source: DataOptions, splits: Splits) -> Recipe:
    """The recipe, saying where the data that were taken will be found again."""
    asked = source.data or recipe.data.name
    name = splits.train.name if asked in NAMES else str(Path(asked).resolve())
    folder = str(source.data_dir.resolve()) if source.data_dir else recipe.data.dir
    verify = recipe.data.verify and not source.no_verify
    return replace(recipe, data=replace(recipe.data, name=name, dir=folder, verify=verify))
