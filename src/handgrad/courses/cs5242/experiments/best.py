"""Section 10: the winner of the search, trained once more with all its curves."""

from typing import Any

from handgrad.courses.cs5242.experiments.logged import BATCH, EPOCHS
from handgrad.courses.cs5242.experiments.search import RECIPE, recorded, search
from handgrad.courses.cs5242.experiments.twin import RATE, halve
from handgrad.courses.study import Study
from handgrad.data import Splits
from handgrad.recipes import find_recipe, override

WANTED = 0.993

COMPARED = {
    "constant": ("constant 0.001", ""),
    "falling": ("cosine from 0.001", "constant 0.001"),
    "penalised": ("16 and 32 channels, L2 0.0001", "16 and 32 channels"),
    "wider": ("16 and 32 channels, L2 0.0001", "6 and 16 channels, L2 0.0001"),
    "dropout": ("16 and 32 channels, dropout 0.5", "16 and 32 channels"),
    "longer_penalised": ("12 epochs, L2 0.0001", "12 epochs"),
    "larger": ("12 epochs, 32 and 64 channels, L2 0.0001", "12 epochs, L2 0.0001"),
}
"""Candidates that the report compares, each with its rival of the same stage; "" is what was there before."""


def best_network(study: Study, splits: Splits) -> tuple[dict[str, Any], dict[str, list[list[float]]]]:
    """Search, or take the recorded search's winner, and train that.

    Arguments:
        study: says whether to search, trains, and is told the progress.
        splits: as the course divides them.

    Returns:
        the report's numbers, and the curves: "train", "validation" and "test", each a list of
        (iteration, loss, accuracy).
    """
    found = search(study, splits) if study.search else recorded()
    per_epoch = -(-len(splits.train) // BATCH)
    every = 400 if per_epoch >= 400 else max(per_epoch // 4, 1)
    settings = [*found["settings"], f"train.every={every}", f"train.watch_every={every}"]
    settings += ["train.epochs=2"] if study.quick else []
    trained = study.train(RECIPE, settings, label="the best network", splits=splits)
    curves: dict[str, list[list[float]]] = {"train": [], "validation": [], "test": []}
    for record in trained.records:
        curves["train"].append([record.step, record.loss, record.accuracy])
        if record.validation is not None:
            curves["validation"].append([record.step, record.validation.loss, record.validation.accuracy])
        if "test" in record.watch:
            curves["test"].append([record.step, record.watch["test"].loss, record.watch["test"].accuracy])
    recipe, result = trained.recipe, trained.result
    same_data = found["checksums"] == splits.train.checksums
    numbers = {
        "searched_now": study.search,
        "same_data": same_data,
        "recorded_accuracy": _chosen(found)["validation_accuracy"],
        "wanted": WANTED,
        "stages": _stages(found),
        "halved": _halved(found),
        "count": len(found["trials"]),
        "layers": recipe.network.layers,
        "initialiser": recipe.network.weight_init or "PyTorch's",
        "optimizer": recipe.optimizer,
        "schedule": recipe.schedule,
        "augment": recipe.augment if isinstance(recipe.augment, list) else [],
        "epochs": recipe.train.epochs,
        "settings": found["settings"],
        "overrides": _differences(found["settings"]),
        "every": every,
        "result": {
            key: result[key]
            for key in (
                "parameters",
                "steps",
                "seconds",
                "validation_accuracy",
                "validation_loss",
                "test_accuracy",
                "test_loss",
            )
        },
    }
    return numbers, curves


def _stages(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The trials by stage, each with what it gained over the best before its stage."""
    stages: list[dict[str, Any]] = []
    for trial in found["trials"]:
        if not stages or stages[-1]["name"] != trial["stage"]:
            stages.append({"name": trial["stage"], "trials": []})
        stages[-1]["trials"].append(trial)
    for stage in stages:
        before = stage["trials"][0]["validation_accuracy"]
        stage["gain"] = max(trial["validation_accuracy"] or 0.0 for trial in stage["trials"]) - before
        chosen = next(trial for trial in stage["trials"] if trial["chosen"])
        worst = min(stage["trials"], key=lambda trial: trial["validation_accuracy"] or 0.0)
        stage |= {"chosen": chosen["option"], "kept": chosen is stage["trials"][0]}
        stage |= {"worst": worst["option"], "loss": before - (worst["validation_accuracy"] or 0.0)}
        stage["compared"] = _compared(stage["trials"], found["images"][1])
    return stages


def _compared(trials: list[dict[str, Any]], images: int) -> dict[str, dict[str, Any] | None]:
    """Differences of a stage's validation accuracies, and whether chance alone makes any as large.

    Arguments:
        trials: of one stage, the best before it first.
        images: that the accuracies were measured on.

    Returns:
        for each pair of COMPARED, and for "best" (the best new candidate against what was before), the
        "difference" and whether it is "sure": more than two standard deviations of such a difference. None
        where one of the two was not trained to its end.
    """
    accuracies = {trial["option"]: trial["validation_accuracy"] for trial in trials}
    first = trials[0]["option"]
    best = max(trials[1:], key=lambda trial: trial["validation_accuracy"] or 0.0, default=trials[0])["option"]
    compared: dict[str, dict[str, Any] | None] = {}
    for name, (option, rival) in {**COMPARED, "best": (best, first)}.items():
        one, other = accuracies.get(option), accuracies.get(rival or first)
        compared[name] = None
        if one is not None and other is not None:
            deviation = ((one * (1 - one) + other * (1 - other)) / images) ** 0.5
            compared[name] = {"difference": one - other, "sure": abs(one - other) > 2 * deviation}
    return compared


def _halved(found: dict[str, Any]) -> dict[str, float]:
    """What the document's scheduler has made of its rate by the end of the stage that varies the rate."""
    epochs = next(
        (trial["epochs"] for trial in found["trials"] if trial["stage"] == "rate and its decay"), None
    )
    epochs = EPOCHS if epochs is None else epochs
    iterations, rate = int(epochs * -(-found["images"][0] // BATCH)), RATE
    for iteration in range(iterations):
        rate = halve(rate, iteration)
    return {"epochs": epochs, "iterations": iterations, "first": RATE, "last": rate, "share": RATE / rate}


def _chosen(found: dict[str, Any]) -> dict[str, Any]:
    chosen: dict[str, Any] = [trial for trial in found["trials"] if trial["chosen"]][-1]
    return chosen


def _differences(settings: list[str]) -> list[str]:
    """The settings that a command needs to repeat the winner: the last of those for one key."""
    last = {setting.partition("=")[0]: setting for setting in settings}
    override(find_recipe(RECIPE), list(last.values()))  # a record that no longer fits is seen here
    return list(last.values())
