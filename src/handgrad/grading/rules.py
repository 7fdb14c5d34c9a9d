"""How long and with which settings each course trains a submission: data that a rubric may override."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from handgrad.errors import ArgumentError

TWO_HOURS = 7200.0
"""The limit that hw5 states; the other documents speak of hours too, and state none."""


@dataclass(frozen=True)
class Rule:
    """How a submission is trained before it is tested.

    Arguments:
        protocol: which of the courses' networks, and how it is driven.
        batch_size: images a step; what is left of an epoch and does not fill a batch is left out.
        epochs: passes over the images; None where iterations are given.
        iterations: steps in all; None where epochs are given.
        train_images: the first so many images to learn from, or all if there are fewer.
        validation_images: those that the curve is drawn with, likewise.
        seconds: that training may take; what was learnt by then is tested.
        seed: of the first values and of the images' order.
        settings: the course's own, by the names that its trainer reads.

    Raises:
        ArgumentError: both epochs and iterations or neither, or a number that is too small.

    Example:
        >>> Rule("classifier", batch_size=100, epochs=2).steps(50_000)
        1000
    """

    protocol: str
    batch_size: int
    epochs: int | None = None
    iterations: int | None = None
    train_images: int = 50_000
    validation_images: int = 1000
    seconds: float = TWO_HOURS
    seed: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        where = f"training by {self.protocol}"
        if (self.epochs is None) == (self.iterations is None):
            got = "neither" if self.epochs is None else "both"
            raise ArgumentError(where, expected="either epochs or iterations", got=got)
        for name in ("batch_size", "epochs", "iterations", "train_images", "validation_images", "seed"):
            value, least = getattr(self, name), 0 if name == "seed" else 1
            whole = isinstance(value, int) and not isinstance(value, bool)
            if value is not None and not (whole and value >= least):
                expected = f"{name} as a whole number from {least} on"
                raise ArgumentError(where, expected=expected, got=repr(value))
        if not isinstance(self.seconds, (int, float)) or not self.seconds > 0:
            raise ArgumentError(where, expected="seconds above 0", got=repr(self.seconds))

    def steps_per_epoch(self, images: int) -> int:
        """How many whole batches there are; one of all images where they fill none."""
        return max(1, images // self.batch_size)

    def steps(self, images: int) -> int:
        """How many steps the training has in all, with so many images to learn from."""
        if self.iterations is not None:
            return self.iterations
        assert self.epochs is not None  # one of them is given
        return self.epochs * self.steps_per_epoch(images)


THU = {"momentum": 0.9, "weight_decay": 0.0001}

RULES: dict[str, Rule] = {
    rule.protocol: rule
    for rule in (
        # The course leaves the rate open. This one suits its v = a v + (1 - a) g, and v = a v + g too, the
        # commonest other form, which makes ten times as much of it: with the report's 0.5 it learns nothing.
        Rule("classifier", batch_size=100, epochs=2, settings={"lr": 0.05, "momentum": 0.9}),
        Rule("mlp", batch_size=256, epochs=100, validation_images=5000, settings={"lr": 0.001}),
        Rule("convnet", batch_size=256, epochs=100, settings={"lr": 0.001, "momentum": 0.9}),
        Rule(
            "lenet",
            batch_size=64,
            iterations=10_000,  # train_images = 2500 makes it the twentieth set
            settings={
                "epsilon": 0.01,
                "gamma": 0.0001,
                "power": 0.75,
                "mu": 0.9,
                "decay": 0.0005,
                "b_lr": 2,
            },
        ),
        Rule("experiment-1", batch_size=100, epochs=100, settings={"learning_rate": 0.01, **THU}),
        Rule("experiment-2", batch_size=100, epochs=30, settings={"learning_rate": 0.1, **THU}),
        Rule("thu-mlp", batch_size=100, epochs=60, settings={"learning_rate": 0.05, **THU}),
        Rule(
            "mnistnet",
            batch_size=30,
            epochs=2,
            train_images=48_000,
            settings={"lr": 0.001, "halve_every": 1000, "l2": 0.001},
        ),
    )
}
"""The documents' rules by protocol: of hw5, of project3 twice, of cmu10601, of thu three times, of cs5242."""


def rule_from(values: Mapping[str, Any], where: str = "training") -> Rule:
    """The documents' rule with some values replaced.

    Arguments:
        values: ``protocol``, and what is to differ; ``settings`` may hold some of them only. Epochs replace
            iterations, and the other way round.
        where: for errors: the rubric.

    Raises:
        ArgumentError: an unknown protocol, key or setting; a value that makes no sense.

    Example:
        >>> rule = rule_from({"protocol": "lenet", "epochs": 3, "settings": {"mu": 0.5}})
        >>> rule.epochs, rule.iterations, rule.settings["mu"], rule.settings["epsilon"]
        (3, None, 0.5, 0.01)
    """
    rule = RULES[_known("protocol", values.get("protocol"), RULES, where)]
    changed = {_known("key", key, _KEYS, where): value for key, value in values.items()}
    for given, other in (("epochs", "iterations"), ("iterations", "epochs")):
        if given in changed:
            changed.setdefault(other, None)
    settings = changed.get("settings", {})
    if not isinstance(settings, Mapping):
        raise ArgumentError(where, expected="settings as a table", got=repr(settings))
    for key in settings:
        _known("setting", key, rule.settings, where)
    return replace(rule, **{**changed, "settings": {**rule.settings, **settings}})


_KEYS = {item.name: None for item in fields(Rule)}


def _known(what: str, name: Any, names: Mapping[str, Any], where: str) -> str:
    if isinstance(name, str) and name in names:
        return name
    near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    raise ArgumentError(
        where,
        expected=f"as {what} one of {', '.join(names)}",
        got="none" if name is None else repr(name),
        hint=f"did you mean {near[0]}" if near else "",
    )
