"""The improvements that the document names: what was tried is recorded, each one's winner is run again."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from handgrad.courses.project3.distorted import Images
from handgrad.courses.project3.fitting import Fitted, Trial, fitted
from handgrad.data import Splits

if TYPE_CHECKING:
    from handgrad.courses.study import Study

RECORD = "settings.toml"
LOOKS = 20  # at the validation images, on the way of a training
QUICK = 5  # a quick run makes a fifth of the passes


@dataclass(frozen=True)
class Option:
    """One way to improve the training.

    Arguments:
        what: in words.
        epochs: passes over as many images as there are to learn from, before any are added.
        settings: of the recipe, as after ``--set``.
        distortion: of the images that are added; empty for none.
        validation: the recorded accuracy on the validation images.
    """

    what: str
    epochs: int
    settings: Sequence[str] = ()
    distortion: str = ""
    validation: float = 0.0


@dataclass(frozen=True)
class Ingredient:
    """One of the improvements, and the options that were tried.

    Arguments:
        name: of the improvement.
        options: at least one.
    """

    name: str
    options: Sequence[Option]

    @property
    def winner(self) -> Option:
        """The option with the best recorded validation accuracy; of equals, the first."""
        return max(self.options, key=lambda option: option.validation)


def recorded(recipe: str) -> list[Ingredient]:
    """What was tried to improve a recipe, with the validation accuracies that it had.

    Arguments:
        recipe: "mlp" or "convnet".

    Example:
        >>> [ingredient.name for ingredient in recorded("mlp")][0]
        'dropout'
    """
    text = (resources.files("handgrad.courses.project3") / RECORD).read_text(encoding="utf-8")
    return [
        Ingredient(item["name"], [Option(**option) for option in item["options"]])
        for item in tomllib.loads(text)[recipe]
    ]


@dataclass(frozen=True)
class Improved:
    """What came of the improvements of one network.

    Arguments:
        rows: one for the stated settings, one for each improvement.
        tried: every option with its validation accuracy: measured now in a search, else the recorded one.
        best: the training with the highest validation accuracy.
        chosen: its row.
    """

    rows: list[Trial]
    tried: list[Trial]
    best: Fitted
    chosen: Trial


def improve(study: Study, recipe: str, splits: Splits, images: Images, stated: Fitted) -> Improved:
    """Train with each improvement, and choose by the validation images.

    Arguments:
        study: whose ``search`` says whether all that is recorded is tried again, or the winners alone.
        recipe: "mlp" or "convnet".
        splits: as the course has them.
        images: to learn from.
        stated: the training with the document's own settings.
    """
    first = {"name": "as stated", "what": "the document's settings", **_measured(stated, splits)}
    rows, tried, best = [first], [], (stated, first)  # of the others only figures are kept: images are large
    for ingredient in recorded(recipe):
        found = []
        for option in ingredient.options if study.search else [ingredient.winner]:
            result = _run(study, recipe, splits, images, ingredient.name, option)
            said = {"settings": list(option.settings), "distortion": option.distortion}
            row = {"name": ingredient.name, "what": option.what, **said, **_measured(result, splits)}
            found.append(row)
            if row["validation"] > best[1]["validation"]:
                best = result, row
        rows.append(max(found, key=lambda row: float(row["validation"])))
        measured = {row["what"]: row["validation"] for row in found} if study.search else {}
        tried += [
            {
                "name": ingredient.name,
                "what": option.what,
                "validation": measured.get(option.what, option.validation),
            }
            for option in ingredient.options
        ]
    return Improved(rows, tried, *best)


def _run(study: Study, recipe: str, splits: Splits, images: Images, name: str, option: Option) -> Fitted:
    """One training; its length does not depend on how many images are added."""
    epochs = max(1, option.epochs // QUICK) if study.quick else option.epochs
    train = images.of(option.distortion)
    batch_size = 256  # the document's, and both recipes'
    steps = epochs * math.ceil(len(splits.train) / batch_size)
    return fitted(
        study,
        recipe,
        [*option.settings, f"train.steps={steps}", f"train.batch_size={batch_size}"],
        splits=Splits(train, splits.validation, splits.test),
        label=f"{recipe}, {name} ({option.what})",
        looks=LOOKS,
    )


def _measured(result: Fitted, splits: Splits) -> Trial:
    """A training's figures; its training accuracy is on the images as they are."""
    train = result.accuracy(splits.train)
    found = result.summary()
    looks = [record for record in result.records if record.validation]
    return {
        **found,
        "train": train,
        "gap": train - found["validation"],
        "iterations": [record.step for record in looks],
        "curve": [record.validation.accuracy for record in looks if record.validation],
    }
