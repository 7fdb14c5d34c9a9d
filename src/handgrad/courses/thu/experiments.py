"""All that the document asks for, in the order in which its parts need each other."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad.courses.thu.alternatives import alternatives
from handgrad.courses.thu.channels import channels
from handgrad.courses.thu.claims import claims
from handgrad.courses.thu.operations import operations
from handgrad.courses.thu.own_classes import own_classes
from handgrad.courses.thu.speeds import speeds
from handgrad.courses.thu.trainings import CLAIMS, RECIPES, TITLES, draw, draw_together, told, train
from handgrad.courses.thu.twin import course_network
from handgrad.data import batch

if TYPE_CHECKING:
    from handgrad.courses.study import Study

FIGURES = {
    "experiment1": ("figure-3-2", "figure-3-3"),
    "experiment2": ("figure-3-5", "figure-3-6"),
    "mlp": ("mlp-train", "mlp-test"),
}
LOOKED_AT = 10  # images that the formulas of chapter 2 are tried on


def run(study: Study) -> None:
    """Fill `study.numbers` and draw every figure of the report.

    Arguments:
        study: what to work with.
    """
    numbers = study.numbers
    experiments: dict[str, dict[str, Any]] = {}
    trained = {}
    for name in RECIPES:
        trained[name] = train(study, name)
        experiments[name] = told(trained[name]) | {"title": TITLES[name], "claim": CLAIMS[name]}
        draw(study, name, experiments[name], FIGURES[name])
    draw_together(study, experiments)
    study.say("the time of an epoch")
    numbers["speeds"] = speeds(study)
    for name, told_of in experiments.items():
        told_of["seconds_per_epoch"] = numbers["speeds"]["compiled"][name]
    numbers |= {"experiments": experiments, "claims": claims(experiments)}
    study.say("the first convolution's channels")
    numbers["channels"] = channels(study, trained["experiment2"])
    study.say("the formulas of chapter 2")
    x, labels = batch(trained["experiment2"].splits.train, range(LOOKED_AT))
    model = course_network(trained["experiment2"].network)
    numbers["operations"] = operations(study, model, x.astype(np.float64), labels)
    numbers["alternatives"] = alternatives(study)
    study.say("the course's own classes")
    numbers["own_classes"] = own_classes(study)
    numbers["trials"] = json.loads(
        (resources.files("handgrad.courses.thu") / "trials.json").read_text(encoding="utf-8")
    )
