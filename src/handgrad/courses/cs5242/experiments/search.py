"""Section 10: the search for the best network, stage by stage, on the validation split alone.

Each stage varies one thing and keeps the rest as the stages before it have chosen. A network of one stage is
judged by its validation accuracy after the same number of epochs as its rivals; of equals, by its loss.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from handgrad.courses.study import Study
from handgrad.data import Splits
from handgrad.errors import HandgradError

RECORDED = Path(__file__).parents[1] / "search.json"
"""What the search found when it was last made: every trial and the winner."""

RECIPE = "mnistnet"
RARELY = "train.every=1000000"  # evaluations at the ends of epochs are enough

FIGURES = ("validation_accuracy", "validation_loss", "parameters", "epochs")

Settings = tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """One question of the search.

    Arguments:
        name: what is varied.
        epochs: that every candidate is trained for, if it does not say otherwise.
        options: the candidates' settings by name; the best so far takes part in any case.
    """

    name: str
    epochs: int
    options: Mapping[str, Settings]


def layers(first: int, second: int, *, hidden: Sequence[int] = (256,), dropout: float = 0.0) -> Settings:
    """The document's network with other widths, other hidden layers, dropout before the last one.

    Example:
        >>> layers(16, 32, hidden=())[0][-31:]
        '"Flatten()", "Linear(800, 10)"]'
    """
    texts = [f"Conv2d(1, {first}, 3)", "ReLU()", "MaxPool2d(2)"]
    texts += [f"Conv2d({first}, {second}, 3)", "ReLU()", "MaxPool2d(3, stride=2)", "Flatten()"]
    width = second * 25
    for features in hidden:
        texts += [f"Linear({width}, {features})", "ReLU()"]
        width = features
    texts += [f"Dropout({dropout})"] if dropout else []
    return (f"network.layers={json.dumps([*texts, f'Linear({width}, 10)'])}",)


def three_convolutions(first: int, second: int) -> Settings:
    """A convolution more, between the first and its pooling."""
    texts = [f"Conv2d(1, {first}, 3)", "ReLU()", f"Conv2d({first}, {first}, 3)", "ReLU()", "MaxPool2d(2)"]
    texts += [f"Conv2d({first}, {second}, 3)", "ReLU()", "MaxPool2d(3, stride=2)", "Flatten()"]
    texts += [f"Linear({second * 16}, 256)", "ReLU()", "Linear(256, 10)"]
    return (f"network.layers={json.dumps(texts)}",)


def decayed(penalty: float) -> Settings:
    """Another penalty; the document's is 0.001."""
    return (f"optimizer.weight_decay={penalty!r}",)


def one_cycle(rate: float) -> Settings:
    """Up to a rate over the first fifth of the training, and down to almost nothing."""
    return ("schedule.type=OneCycleLR", f"schedule.max_lr={rate}", "schedule.pct_start=0.2")


def cosine(rate: float) -> Settings:
    """From a rate to 0 along half a cosine."""
    return ("schedule.type=CosineAnnealingLR", f"optimizer.lr={rate}")


SHIFTS = '{type="RandomAffine", translate=[0.08, 0.08]}'
AFFINE = '{type="RandomAffine", degrees=10, translate=[0.05, 0.05], scale=[0.9, 1.1], shear=10}'
ELASTIC = '{type="ElasticTransform", alpha=34, sigma=4}'

STAGES = (
    Stage(
        "first values",
        2,
        {
            "PyTorch's: uniform, by the number of inputs": layers(6, 16),
            "He's: normal, for layers before a ReLU": (
                *layers(6, 16),
                "network.weight_init=KaimingNormal()",
                "network.bias_init=Constant(0.0)",
            ),
        },
    ),
    Stage(
        "rate and its decay",
        4,
        {
            "constant 0.001": ("schedule.type=ConstantLR", "schedule.factor=1.0", "optimizer.lr=0.001"),
            "cosine from 0.001": cosine(0.001),
            "cosine from 0.004": cosine(0.004),
            "one cycle up to 0.002": one_cycle(0.002),
            "one cycle up to 0.004": one_cycle(0.004),
            "one cycle up to 0.016": one_cycle(0.016),
        },
    ),
    Stage(
        "layers and weight decay",  # together, as a larger network may need another penalty
        4,
        {
            "6 and 16 channels, L2 0.01": decayed(0.01),
            "6 and 16 channels, L2 0.0001": decayed(0.0001),
            "6 and 16 channels, no L2": decayed(0.0),
            "6 and 16 channels, no hidden layer": layers(6, 16, hidden=()),
            "6 and 16 channels, two hidden layers": layers(6, 16, hidden=(256, 128)),
            "16 and 32 channels": layers(16, 32),
            "16 and 32 channels, dropout 0.5": layers(16, 32, dropout=0.5),
            "16 and 32 channels, L2 0.0001": (*layers(16, 32), *decayed(0.0001)),
            "16 and 32 channels, no L2": (*layers(16, 32), *decayed(0.0)),
            "three convolutions, 16, 16 and 32 channels": three_convolutions(16, 32),
            "three convolutions, L2 0.0001": (*three_convolutions(16, 32), *decayed(0.0001)),
        },
    ),
    Stage(
        "augmentation",
        6,
        {
            "shifts by up to 2 pixels": (f"augment=[{SHIFTS}]",),
            "turned, shifted, scaled, sheared": (f"augment=[{AFFINE}]",),
            "elastic": (f"augment=[{ELASTIC}]",),
            "both": (f"augment=[{AFFINE}, {ELASTIC}]",),
        },
    ),
    Stage(
        "epochs",  # longer trainings with more room, or with some penalty, lest they learn by heart
        6,
        {
            "3 epochs": ("train.epochs=3",),
            "12 epochs": ("train.epochs=12",),
            "18 epochs": ("train.epochs=18",),
            "12 epochs, L2 0.0001": ("train.epochs=12", *decayed(0.0001)),
            "18 epochs, L2 0.0001": ("train.epochs=18", *decayed(0.0001)),
            "12 epochs, 32 and 64 channels, L2 0.0001": (
                "train.epochs=12",
                *layers(32, 64),
                *decayed(0.0001),
            ),
        },
    ),
)


@dataclass
class Found:
    """The state of a search: what is best so far, and every trial.

    Arguments:
        settings: of the best, by the stage that chose them.
        trials: each a dictionary of stage, option, settings, chosen, and the figures of its result.
    """

    settings: dict[str, Settings] = field(default_factory=dict)
    trials: list[dict[str, Any]] = field(default_factory=list)

    def complete(self, settings: Settings = (), stage: str = "") -> list[str]:
        """All settings of the best, with those of one stage replaced."""
        return [item for values in {**self.settings, stage: settings}.values() for item in values]


def search(study: Study, splits: Splits, stages: Sequence[Stage] = STAGES) -> dict[str, Any]:
    """Make the search anew.

    Arguments:
        study: trains.
        splits: as the course divides them. The test images are not handed on: nothing here can see them.
        stages: the questions, in order.

    Returns:
        the trials and the winner's settings, as ``search.json`` holds them.
    """
    blind = Splits(splits.train, splits.validation, splits.validation.take(slice(1)))
    found, incumbent, winner = Found(), "the document's settings", list[str]()
    for stage in stages:
        candidates = {f"as before: {incumbent}": found.settings.get(stage.name, ()), **stage.options}
        first = len(found.trials)
        for option, settings in candidates.items():
            complete = [f"train.epochs={stage.epochs}", *found.complete(settings, stage.name)]
            trial = _trial(study, blind, complete, f"{stage.name}: {option}", found.trials)
            found.trials.append({"stage": stage.name, "option": option, **trial})
        best = max(range(first, len(found.trials)), key=lambda at: _merit(found.trials[at]))
        found.trials[best]["chosen"] = True
        option = found.trials[best]["option"]
        if option in stage.options:
            found.settings[stage.name], incumbent = stage.options[option], option
        winner = found.trials[best]["settings"]
    return {
        "images": [len(splits.train), len(splits.validation)],
        "checksums": splits.train.checksums,
        "settings": winner,
        "trials": found.trials,
    }


def recorded() -> dict[str, Any]:
    """What the last search found."""
    found: dict[str, Any] = json.loads(RECORDED.read_text())
    return found


def _trial(
    study: Study, splits: Splits, settings: list[str], label: str, before: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """One training; the same settings are not trained twice."""
    for trial in before:
        if trial["settings"] == settings:
            return {**_figures(trial), "settings": settings, "chosen": False}
    shortly = ["train.epochs=1"] if study.quick else []
    try:
        trained = study.train(RECIPE, [*settings, RARELY, *shortly], label=label, splits=splits)
        result: Mapping[str, Any] = trained.result
    except HandgradError as error:  # numbers that were no numbers any more: a result too
        study.say(f"{label}: {error}")
        result = dict.fromkeys(FIGURES)
    return {**_figures(result), "settings": settings, "chosen": False}


def _figures(result: Mapping[str, Any]) -> dict[str, Any]:
    return {key: result[key] for key in FIGURES}


def _merit(trial: Mapping[str, Any]) -> tuple[float, float]:
    """Higher is better; a training that failed has no figures."""
    accuracy, loss = trial["validation_accuracy"], trial["validation_loss"]
    return (-1.0, 0.0) if accuracy is None else (accuracy, -loss)
