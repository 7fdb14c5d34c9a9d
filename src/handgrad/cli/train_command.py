"""``handgrad train``."""

import json
import time
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from handgrad.cli.options import DataOptions, load_splits
from handgrad.cli.output import last_line, say, warn
from handgrad.cli.progress import Display, gentle_interrupt
from handgrad.data import Splits
from handgrad.errors import ArgumentError, DataError, NonFiniteError
from handgrad.recipes import (
    Recipe,
    build_network,
    build_run,
    build_training,
    find_recipe,
    normalisation,
    override,
    parse_recipe,
    prepare,
)
from handgrad.train import RunFolder, Training, evaluate, load_checkpoint, train_in_folder

NO_DATA = DataOptions()


def run(
    recipe: str | None = None,
    *,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative=())] = None,
    epochs: int | None = None,
    steps: int | None = None,
    batch_size: int | None = None,
    lr: float | None = None,
    seed: int | None = None,
    source: DataOptions = NO_DATA,
    resume: Path | None = None,
    runs: Path = Path("runs"),
    engine: str = "reference",
    threads: int | None = None,
    quiet: Annotated[bool, Parameter(negative=())] = False,
    json_: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> int:
    """Train a recipe, or go on with a run.

    Examples:

        handgrad train lenet

        handgrad train lenet --epochs 3 --set optimizer.lr=0.02

        handgrad train my-recipe.toml --data my-images/ --no-verify

        handgrad train --resume runs/lenet-20260101-120000

    Parameters
    ----------
    recipe
        a name from `handgrad recipes`, or a TOML file
    set_
        any value of the recipe, as section.key=value; may be given several times
    epochs
        passes over the training images; the same as --set train.epochs=...
    steps
        batches to train for, instead of epochs
    batch_size
        images a step
    lr
        the learning rate
    seed
        of first values, order, dropout and augmentation
    resume
        a run folder to continue; ends with the very bits of an uninterrupted run
    runs
        where run folders are made
    engine
        what executes the network
    threads
        how many to use; all cores that may be used, unless HANDGRAD_THREADS says otherwise
    quiet
        print nothing but the end
    json_
        print one JSON object as the last line
    """
    if (recipe is None) == (resume is None):
        raise ArgumentError(
            "train",
            expected="a recipe, or --resume with a run folder",
            got="neither" if recipe is None else "both",
            hint="handgrad train lenet",
        )
    shortcuts = {
        "train.epochs": epochs,
        "train.steps": steps,
        "train.batch_size": batch_size,
        "train.seed": seed,
        "optimizer.lr": lr,
    }
    settings = [*(set_ or []), *(f"{key}={value}" for key, value in shortcuts.items() if value is not None)]
    if resume is not None:
        if settings or source.data is not None:
            raise ArgumentError(
                "train --resume", expected="no other settings: the run has its own", got=", ".join(settings)
            )
        folder = RunFolder.open(resume)
        chosen = parse_recipe(folder.read("recipe.toml"), str(resume / "recipe.toml"))
        facts = folder.read_json("run.json")
        engine, threads = str(facts["engine"]), threads or int(facts["threads"])
        splits = prepare(chosen, load_splits(chosen, source))
        _check_same_data(facts, splits)
        training = _training(chosen, splits, engine, threads)
        load_checkpoint(folder, training)
        say(f"continuing {folder.path} after step {training.progress.step:,}", quiet=quiet)
    else:
        chosen = override(find_recipe(str(recipe)), settings)
        data = load_splits(chosen, source)
        chosen = override(chosen, [f"data.name={json.dumps(source.data or _known_as(data, chosen))}"])
        splits = prepare(chosen, data)
        training = _training(chosen, splits, engine, threads)
        folder = RunFolder.create(runs, chosen.name, chosen.to_toml(), _facts(training, splits))
        _introduce(chosen, training, splits, folder, quiet=quiet)
    return _train(chosen, folder, training, splits, quiet=quiet, json_=json_)


def _training(recipe: Recipe, splits: Splits, engine: str, threads: int | None) -> Training:
    return build_training(
        recipe, build_run(recipe, build_network(recipe), engine=engine, threads=threads), splits
    )


def _train(
    recipe: Recipe, folder: RunFolder, training: Training, splits: Splits, *, quiet: bool, json_: bool
) -> int:
    started, seen = time.perf_counter(), []
    with gentle_interrupt() as interrupted, Display(training, quiet=quiet) as display:

        def after_step() -> bool:
            display.step()
            return bool(interrupted)

        notes = {"normalisation": json.dumps(normalisation(recipe).to_dict()), "recipe": recipe.name}
        try:
            for record in train_in_folder(
                folder,
                training,
                checkpoint_every=recipe.train.checkpoint_every,
                notes=notes,
                stop=after_step,
            ):
                seen.append(record)
                display.record(record)
        except NonFiniteError:
            warn(f"stopped; what there is of the run, with its last good checkpoint, is in {folder.path}")
            raise
    if not training.progress.finished:
        warn(f"stopped at step {training.progress.step:,}; go on with: handgrad train --resume {folder.path}")
        return 130
    result = _result(recipe, folder, training, splits, time.perf_counter() - started)
    folder.write_json("result.json", result)
    say(
        f"validation {result['validation_accuracy']:.2%}  test {result['test_accuracy']:.2%}"
        f"  in {result['seconds']:.0f} s, {folder.path}",
        quiet=quiet and json_,
    )
    if json_:
        last_line(result)
    return 0


def _result(
    recipe: Recipe, folder: RunFolder, training: Training, splits: Splits, seconds: float
) -> dict[str, Any]:
    """The final figures; the test set is read here, once."""
    metrics = list(folder.metrics())
    images = len(splits.train)
    speeds = sorted(float(record["images_per_second"]) for record in metrics)
    return {
        "recipe": recipe.name,
        "data": splits.train.name,
        "engine": training.run.name,
        "seed": recipe.train.seed,
        "parameters": sum(parameter.value.size for parameter in training.run.network.parameters().values()),
        "steps": training.progress.step,
        "epochs": round(training.progress.step / training.plan.steps_per_epoch(images), 4),
        "train_loss": metrics[-1]["loss"],
        "validation_accuracy": evaluate(training.run, splits.validation).accuracy,
        "test_accuracy": evaluate(training.run, splits.test).accuracy,
        "test_images": len(splits.test),
        "seconds": round(seconds, 3),
        "images_per_second": round(speeds[len(speeds) // 2], 1),
        "finished": training.progress.finished,
        "run": str(folder.path),
    }


def _facts(training: Training, splits: Splits) -> dict[str, Any]:
    run = training.run
    return {
        "engine": run.name,
        "threads": run.threads,
        "seed": run.seed,
        "data": {
            "name": splits.train.name,
            "images": [len(part) for part in (splits.train, splits.validation, splits.test)],
            "checksums": {**splits.train.checksums, **splits.test.checksums},
        },
    }


def _check_same_data(facts: dict[str, Any], splits: Splits) -> None:
    """A run can only be continued with the data that it was begun with."""
    before = facts.get("data", {})
    now = {**splits.train.checksums, **splits.test.checksums}
    if before.get("checksums") != now:
        raise DataError(
            "train --resume",
            expected=f"the data that the run was begun with, {before.get('name')}",
            got=f"other files of {splits.train.name}",
            hint="point --data-dir or HANDGRAD_DATA to the same files",
        )


def _known_as(data: Splits, recipe: Recipe) -> str:
    """The name under which the data will be found again: after a fallback, that of what was taken."""
    return data.train.name if recipe.data.name == "mnist" else recipe.data.name


def _introduce(recipe: Recipe, training: Training, splits: Splits, folder: RunFolder, *, quiet: bool) -> None:
    network = training.run.network
    say(f"{recipe.name}: {recipe.description} ({recipe.source})", quiet=quiet)
    say(str(network.summary(tuple(recipe.network.input_shape))), quiet=quiet)
    counts = f"{len(splits.train):,} / {len(splits.validation):,} / {len(splits.test):,}"
    say(f"{splits.train.name}: {counts} images to train, validate and test with", quiet=quiet)
    say(f"{training.total:,} steps of {recipe.train.batch_size} images into {folder.path}", quiet=quiet)
