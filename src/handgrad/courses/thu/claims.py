"""Section 3.3 of the document: what it concludes, tested on the figures measured here."""

from __future__ import annotations

from typing import Any

Told = dict[str, Any]
BELOW = 0.005  # how far below the poorest end the target lies that every network is to reach


def claims(experiments: dict[str, Told]) -> dict[str, Any]:
    """The document's conclusions about convolutional networks and the perceptron, each with its answer.

    Arguments:
        experiments: experiment1, experiment2 and mlp, from `trainings.told`.

    Returns:
        for each claim and each convolutional network whether it holds, and the numbers behind it.

    Example:
        >>> curve = {"epoch": [1.0, 2.0], "accuracy": [0.9, 0.97]}
        >>> slow = {"validation": curve, "test_loss": 0.1, "test_accuracy": 0.97, "seconds_per_epoch": 1.0}
        >>> slow |= {"parameters": 10, "train_accuracy": 0.99, "interval": [0.96, 0.98]}
        >>> quick = slow | {"validation": {"epoch": [1.0], "accuracy": [0.98]}}
        >>> claims({"experiment1": quick, "experiment2": slow, "mlp": slow})["faster"]
        {'experiment1': True, 'experiment2': False}
    """
    mlp = experiments["mlp"]
    target = min(told["validation"]["accuracy"][-1] for told in experiments.values()) - BELOW
    reached = {name: epochs_to(told["validation"], target) for name, told in experiments.items()}
    networks = ("experiment1", "experiment2")
    return {
        "target": target,
        "epochs_to_target": reached,
        "seconds_to_target": {
            name: epochs * experiments[name]["seconds_per_epoch"] for name, epochs in reached.items()
        },
        "after_one": {name: told["validation"]["accuracy"][0] for name, told in experiments.items()},
        "faster": {name: reached[name] < reached["mlp"] for name in networks},
        "larger_loss": {name: experiments[name]["test_loss"] > mlp["test_loss"] for name in networks},
        "longer_epoch": {
            name: experiments[name]["seconds_per_epoch"] > mlp["seconds_per_epoch"] for name in networks
        },
        "more_accurate": {
            name: experiments[name]["test_accuracy"] > mlp["test_accuracy"] for name in networks
        },
        "gap": {name: told["train_accuracy"] - told["test_accuracy"] for name, told in experiments.items()},
        "times_fewer": {name: mlp["parameters"] / experiments[name]["parameters"] for name in networks},
        "told_apart": {name: _apart(experiments[name]["interval"], mlp["interval"]) for name in networks},
    }


def epochs_to(curve: dict[str, list[float]], target: float) -> float:
    """The first epoch at whose end an accuracy is reached.

    Arguments:
        curve: epoch and accuracy.
        target: reached by its last point at the latest.

    Example:
        >>> epochs_to({"epoch": [1.0, 2.0, 3.0], "accuracy": [0.9, 0.97, 0.96]}, 0.96)
        2.0
    """
    pairs = zip(curve["epoch"], curve["accuracy"], strict=True)
    return next(epoch for epoch, accuracy in pairs if accuracy >= target)


def _apart(a: list[float], b: list[float]) -> bool:
    """Whether two intervals have nothing in common."""
    return a[0] > b[1] or b[0] > a[1]
