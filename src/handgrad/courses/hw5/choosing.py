"""Batch size and learning rate, which the course leaves to the student: chosen on the validation split."""

from typing import Any

from handgrad.courses.study import Study
from handgrad.errors import NonFiniteError
from handgrad.recipes import build_network, build_run, find_recipe, override, prepare
from handgrad.train import evaluate, fit

BATCH_SIZES, RATES = (50, 100, 250, 1000), (0.1, 0.3, 0.5, 1.0)
QUICK_BATCH_SIZES, QUICK_RATES = (50, 100), (0.3, 1.0)
STARTER, PUBLISHED = (100, 0.01), (1024, 1.8)  # the constructor's own rate; that of a published solution


def candidates(quick: bool) -> list[tuple[int, float]]:
    """The pairs of batch size and rate that are tried.

    Example:
        >>> (100, 0.5) in candidates(quick=False)
        True
    """
    sizes, rates = (QUICK_BATCH_SIZES, QUICK_RATES) if quick else (BATCH_SIZES, RATES)
    return [*((size, rate) for size in sizes for rate in rates), STARTER, *(() if quick else (PUBLISHED,))]


def settings(batch_size: int, lr: float) -> list[str]:
    """The two choices, as they are set in the recipe."""
    return [f"train.batch_size={batch_size}", f"optimizer.lr={lr}"]


def tried(study: Study) -> list[dict[str, Any]]:
    """Two epochs with each pair, looked at on the validation split alone.

    Returns:
        one row for each pair, with an accuracy and a loss of None where the training did not stay finite.
    """
    rows = []
    for batch_size, lr in candidates(study.quick):
        recipe = override(find_recipe("hw5"), settings(batch_size, lr))
        data = prepare(recipe, study.splits)
        run = build_run(recipe, build_network(recipe), engine=None, threads=study.threads)
        row = {"batch_size": batch_size, "lr": lr, "accuracy": None, "loss": None}
        try:
            for record in fit(run, data.train, epochs=recipe.train.epochs, batch_size=batch_size):
                row["steps"] = record.step
            found = evaluate(run, data.validation)
            row |= {"accuracy": found.accuracy, "loss": found.loss}
            study.say(f"batch {batch_size}, rate {lr}: validation {found}")
        except NonFiniteError:
            study.say(f"batch {batch_size}, rate {lr}: did not stay finite")
        rows.append(row)
    return rows


def best(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The row with the highest accuracy; of equal ones, that with the lowest loss.

    Example:
        >>> best([{"accuracy": 0.5, "loss": 2.0}, {"accuracy": 0.5, "loss": 1.0}, {"accuracy": None}])
        {'accuracy': 0.5, 'loss': 1.0}
    """
    finished = [row for row in rows if row["accuracy"] is not None]
    return max(finished, key=lambda row: (row["accuracy"], -row["loss"]))
