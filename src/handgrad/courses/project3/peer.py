"""Section 3.2 in PyTorch: the same network from the same weights on the same batches, where PyTorch is."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad.courses.project3.convnet import convnet_of
from handgrad.data import Splits, batch
from handgrad.engine.torch.library import pytorch
from handgrad.recipes import find_recipe, override
from handgrad.recipes.comparing import SideBySide, build_rivals
from handgrad.recipes.comparison import Comparison, speeds_of

if TYPE_CHECKING:
    from handgrad.courses.study import Study

EPOCHS, QUICK_EPOCHS = 10, 2
RECORDS = 20  # on the way
COMPARED = 1000  # images whose scores are compared


def beside_pytorch(study: Study, splits: Splits) -> dict[str, Any] | None:
    """Train the recipe ``convnet`` with this library and with PyTorch, step by step.

    Arguments:
        study: says how many threads there are.
        splits: as the course has them.

    Returns:
        both curves, speeds and differences; None where there is no PyTorch.
    """
    if find_spec("torch") is None:
        study.say("convnet: no PyTorch here to compare with")
        return None
    epochs = QUICK_EPOCHS if study.quick else EPOCHS
    recipe = override(find_recipe("convnet"), [f"train.epochs={epochs}"])
    rivals = build_rivals(recipe, (None, "torch"), threads=study.threads)
    steps = epochs * -(-len(splits.train) // recipe.train.batch_size)
    side_by_side = SideBySide(recipe, rivals, splits, every=max(1, steps // RECORDS))
    records = list(side_by_side.records())
    speeds = speeds_of(records)
    ours, theirs = rivals
    x, _ = batch(side_by_side.splits.validation, slice(COMPARED))
    module, torch = convnet_of(ours.network), pytorch()
    with torch.no_grad():
        scores = module(torch.from_numpy(x.reshape(len(x), -1))).numpy()  # (N, 1, 28, 28) -> (N, 784)
    study.say(f"convnet beside PyTorch: {epochs} epochs, weights differ by {records[-1].difference:.1e}")
    return {
        "version": torch.__version__,
        "epochs": epochs,
        "iterations": [record.step for record in records],
        "handgrad": _curves(records, ours.name),
        "pytorch": _curves(records, theirs.name),
        "difference": records[-1].difference,
        "parameter": records[-1].parameter,
        "images_per_second": {
            "handgrad": speeds.images_per_second[ours.name],
            "pytorch": speeds.images_per_second[theirs.name],
        },
        "scores": float(np.abs(scores - ours.predict(x)).max()),
        "compared": len(x),
    }


def _curves(records: list[Comparison], name: str) -> dict[str, list[float]]:
    """One engine's validation accuracies and losses."""
    found = [record.sides[name].validation for record in records]
    return {"accuracy": [item.accuracy for item in found], "loss": [item.loss for item in found]}
