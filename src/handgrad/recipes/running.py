"""A recipe at work in a run folder: begun, trained, continued, and what came of it."""

import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handgrad.data import Splits
from handgrad.errors import DataError, NonFiniteError, RunError
from handgrad.nn import Layer
from handgrad.recipes.build import build_network, build_run, build_training, normalisation, prepare
from handgrad.recipes.recipe import Recipe, parse_recipe
from handgrad.train import FolderLock, Record, RunFolder, Training, evaluate, load_checkpoint, train_in_folder

OwnLayers = Mapping[str, type[Layer]] | None


@dataclass
class Running:
    """A training and its folder; made by `begin` and `resume`.

    Arguments:
        recipe: complete.
        folder: of the run.
        splits: the data as the recipe uses them.
        training: at its beginning, or where its last checkpoint was.
        lock: held as long as this object lives, so that no other process trains in the folder.
        seconds: that `train` took so far.
    """

    recipe: Recipe
    folder: RunFolder
    splits: Splits
    training: Training
    lock: FolderLock
    seconds: float = field(default=0.0, init=False)

    def train(self, stop: Callable[[], bool] = lambda: False) -> Iterator[Record]:
        """Train to the end, or until ``stop``, asked after each step, says so; all is written to the folder.

        Yields:
            each record, once it is written.

        Raises:
            RunError: the folder cannot be written any more; the last checkpoint is intact.
            NonFiniteError: the loss or a gradient became NaN or infinite; names the layer.
        """
        started = time.perf_counter()
        notes = {
            "normalisation": json.dumps(normalisation(self.recipe).to_dict()),
            "recipe": self.recipe.name,
        }
        every = self.recipe.train.checkpoint_every
        try:
            yield from train_in_folder(
                self.folder, self.training, checkpoint_every=every, notes=notes, stop=stop
            )
        except NonFiniteError as error:
            kept = f"; the last good checkpoint is kept in {self.folder.path}"
            hint = error.hint + (kept if self.folder.checkpoint.exists() else "")
            raise NonFiniteError(error.where, expected=error.expected, got=error.got, hint=hint) from None
        finally:
            self.seconds += time.perf_counter() - started

    def finish(self) -> dict[str, Any]:
        """Evaluate on the test set, this once, and keep the final figures in ``result.json``.

        Returns:
            those figures.
        """
        training, splits = self.training, self.splits
        records = list(self.folder.metrics())
        speeds = [float(record["images_per_second"]) for record in records]
        result = {
            "recipe": self.recipe.name,
            "data": splits.train.name,
            "engine": training.run.name,
            "threads": training.run.threads,
            "seed": self.recipe.train.seed,
            "parameters": sum(item.value.size for item in training.run.network.parameters().values()),
            "steps": training.progress.step,
            "epochs": round(training.progress.step / training.plan.steps_per_epoch(len(splits.train)), 4),
            "train_loss": records[-1]["loss"] if records else None,
            "validation_accuracy": evaluate(training.run, splits.validation).accuracy,
            "test_accuracy": evaluate(training.run, splits.test).accuracy,
            "test_images": len(splits.test),
            "seconds": round(self.seconds, 3),
            "images_per_second": round(statistics.median(speeds), 1) if speeds else None,
            "finished": training.progress.finished,
            "run": str(self.folder.path),
        }
        self.folder.write_json("result.json", result)
        return result


def begin(
    recipe: Recipe,
    splits: Splits,
    runs: Path,
    *,
    engine: str | None,
    threads: int | None,
    own_layers: OwnLayers = None,
) -> Running:
    """Build what a recipe says, and make a folder for it.

    Arguments:
        recipe: complete; ``data.name`` says under which name the data will be found again.
        splits: its data, as they were loaded.
        runs: the folder to make the run's folder in.
        engine: what executes the network.
        threads: None: every core that may be used.
        own_layers: layers of the recipe that the library does not have, by class name.

    Raises:
        RecipeError, ArgumentError: settings that make no sense, or data that does not fit the network.
        RunError: the folder cannot be made.
    """
    prepared = prepare(recipe, splits)
    training = _training(recipe, prepared, engine, threads, own_layers)
    run, parts = training.run, (prepared.train, prepared.validation, prepared.test)
    facts = {
        "engine": run.name,
        "threads": run.threads,
        "seed": run.seed,
        "data": {
            "name": prepared.train.name,
            "images": [len(part) for part in parts],
            "checksums": prepared.train.checksums,
        },
    }
    folder = RunFolder.create(runs, recipe.name, recipe.to_toml(), facts)
    return Running(recipe, folder, prepared, training, FolderLock(folder.path))


def recipe_of(folder: RunFolder) -> Recipe:
    """The complete recipe of a run.

    Raises:
        RunError, RecipeError: the file is missing or damaged.
    """
    return parse_recipe(folder.read("recipe.toml"), str(folder.path / "recipe.toml"))


def result_of(folder: RunFolder) -> dict[str, Any] | None:
    """The final figures of a run that is finished, else None.

    Raises:
        RunError: the file is damaged.
    """
    if not (folder.path / "result.json").exists():
        return None
    result = folder.read_json("result.json")
    missing = {"finished", "validation_accuracy", "test_accuracy", "seconds", "run"} - result.keys()
    if missing:
        raise RunError(
            str(folder.path / "result.json"),
            expected="the figures of a finished run",
            got=f"no {', '.join(sorted(missing))}",
            hint="delete the file; --resume then makes it anew",
        )
    return result


def resume(
    folder: RunFolder, splits: Splits, *, threads: int | None = None, own_layers: OwnLayers = None
) -> Running:
    """Bring a run to where its last checkpoint was.

    Arguments:
        folder: of the run.
        splits: its data, as they were loaded.
        threads: None: as many as it was begun with, without which the reference engine's bits differ.
        own_layers: layers of the recipe that the library does not have, by class name.

    Raises:
        RunError: weights that were imported, or facts that are damaged.
        DataError: other data than the run was begun with.
        WeightsError: a damaged checkpoint.
    """
    recipe, facts = recipe_of(folder), folder.read_json("run.json")
    try:
        data, engine, began_with = facts["data"], str(facts["engine"]), int(facts["threads"])
        checksums, name = data["checksums"], data["name"]
    except (KeyError, TypeError, ValueError):
        imported = facts.get("imported")
        raise RunError(
            str(folder.path),
            expected="a run that was trained",
            got=f"weights imported from {imported}" if imported else "a run.json without what is needed",
            hint="handgrad train makes a new run",
        ) from None
    if checksums != splits.train.checksums:
        raise DataError(
            str(folder.path),
            expected=f"the data that the run was begun with, {name}",
            got=f"other files of {splits.train.name}",
            hint="point --data-dir or HANDGRAD_DATA to the same files",
        )
    prepared, lock = prepare(recipe, splits), FolderLock(folder.path)
    training = _training(recipe, prepared, engine, threads or began_with, own_layers)
    load_checkpoint(folder, training)
    return Running(recipe, folder, prepared, training, lock)


def _training(
    recipe: Recipe, splits: Splits, engine: str | None, threads: int | None, own_layers: OwnLayers
) -> Training:
    run = build_run(recipe, build_network(recipe, own_layers), engine=engine, threads=threads)
    return build_training(recipe, run, splits)
