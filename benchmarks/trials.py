"""Repeat the trials by which the perceptron of the course `thu` was chosen, and write down what came out.

    .venv/bin/python benchmarks/trials.py               all that trials.json names; some minutes
    .venv/bin/python benchmarks/trials.py --new         rows that have no accuracy yet
    .venv/bin/python benchmarks/trials.py --few         with 2,000 images and one epoch, to see that it works

The rows of ``src/handgrad/courses/thu/trials.json`` say what is tried; add one to try something else. Each is
one training on the training images, and its accuracy that on the validation images. The test images are not
used.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import handgrad as hg
from handgrad.courses.thu.alternatives import CASES, SHARED
from handgrad.data import Splits
from handgrad.recipes import build_network, build_run, build_training, find_recipe, override, prepare

TRIALS = Path(__file__).parent.parent / "src/handgrad/courses/thu/trials.json"
WEIGHTS = {
    "Kaiming normal": "KaimingNormal()",
    "normal, 0.01": "Normal(std=0.01)",
    "normal, 0.03": "Normal(std=0.03)",
}
SCHEDULES = {
    "constant": ("schedule.type=ConstantLR",),
    "half a cosine": ("schedule.type=CosineAnnealingLR",),
    "one cycle": ("schedule.type=OneCycleLR", "schedule.max_lr={rate}"),
}
ALSO = {
    "": (),
    "moving average, 0.999": ("average.type=ExponentialMovingAverage", "average.decay=0.999"),
    "moving average, 0.9995": ("average.type=ExponentialMovingAverage", "average.decay=0.9995"),
    "shifts by up to a pixel": ("augment.type=RandomAffine", "augment.translate=[0.0357, 0.0357]"),
}


def settings_of(row: dict[str, Any]) -> list[str]:
    """What a row of the perceptron's trials changes in the recipe."""
    return [
        f'network.weight_init="{WEIGHTS[row["weights"]]}"',
        f"optimizer.lr={row['rate']}",
        f"optimizer.weight_decay={row['decay']}",
        *(setting.format(rate=row["rate"]) for setting in SCHEDULES[row["schedule"]]),
        *ALSO[row["also"]],
        f"train.epochs={row['epochs']}",
        f"train.seed={row['seed']}",
    ]


def alternative(row: dict[str, Any]) -> list[str]:
    """What a row of the trials of other layers and losses changes."""
    return [*SHARED, f"optimizer.lr={row['rate']}", *CASES[row["activation"], row["loss"]][1]]


def accuracy(settings: Sequence[str], splits: Splits) -> float:
    """On the validation images, after a whole training; a training that came to NaN classifies nothing."""
    recipe = override(find_recipe("thu-mlp"), settings)
    data = prepare(recipe, splits)
    run = build_run(recipe, build_network(recipe), engine=None, threads=None)
    training = build_training(recipe, run, data)
    try:
        while not training.progress.finished:
            training.advance()
    except hg.NonFiniteError:
        return 0.0
    return round(hg.evaluate(run, data.validation).accuracy, 4)


def main() -> None:
    """Do what the command line says."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--new", action="store_true")
    options.add_argument("--few", action="store_true")
    asked = options.parse_args()
    extra = ["train.epochs=1", "data.train_images=2000"] if asked.few else []
    splits, trials = hg.load_mnist(), json.loads(TRIALS.read_text())
    for kind, settings in (("mlp", settings_of), ("alternatives", alternative)):
        for row in trials[kind]:
            if asked.new and "accuracy" in row:
                continue
            row["accuracy"] = accuracy([*settings(row), *extra], splits)
            print(", ".join(f"{key} {value}" for key, value in row.items() if value != ""), flush=True)
            if not asked.few:
                write(trials)


def write(trials: dict[str, list[dict[str, Any]]]) -> None:
    """One row a line."""
    kinds = (
        f' "{kind}": [\n' + ",\n".join(f"  {json.dumps(row)}" for row in rows) + "\n ]"
        for kind, rows in trials.items()
    )
    TRIALS.write_text("{\n" + ",\n".join(kinds) + "\n}\n")


if __name__ == "__main__":
    main()
