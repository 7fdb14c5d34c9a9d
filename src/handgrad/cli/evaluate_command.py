"""``handgrad evaluate``."""

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from cyclopts import Parameter

from handgrad.cli.options import DataOptions, load_splits
from handgrad.cli.output import last_line, say, table
from handgrad.metrics import accuracy_interval, confusion_matrix
from handgrad.recipes import load, prepare
from handgrad.train import evaluate, predicted_classes

NO_DATA = DataOptions()


def run(
    run: Path,
    /,
    *,
    split: Literal["test", "validation", "train"] = "test",
    source: DataOptions = NO_DATA,
    engine: str = "reference",
    threads: int | None = None,
    json_: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> None:
    """Accuracy and confusions of a trained run.

    Examples:

        handgrad evaluate runs/lenet-20260101-120000

        handgrad evaluate runs/lenet-20260101-120000 --split validation --json

    Parameters
    ----------
    run
        a run folder
    split
        which part of the data
    engine
        what executes the network
    threads
        how many to use
    json_
        print one JSON object as the last line
    """
    trained = load(run)
    data = getattr(prepare(trained.recipe, load_splits(trained.recipe, source)), split)
    compiled = trained.compile(engine=engine, threads=threads)
    found = evaluate(compiled, data)
    matrix = confusion_matrix(predicted_classes(compiled, data), data.labels, data.classes)
    right = int(np.trace(matrix))
    low, high = accuracy_interval(right, found.count)
    if not json_:
        say(f"{run}: {split} of {data.name}, {found.count:,} images")
        say(f"accuracy {found.accuracy:.2%} (95% interval {low:.2%} to {high:.2%}), loss {found.loss:.4f}")
        names = list(data.names)
        rows = [[name, *map(str, row)] for name, row in zip(names, matrix.tolist(), strict=True)]
        table("Rows: true class. Columns: predicted.", ["", *names], rows, right=len(names))
        return
    last_line(
        {
            "run": str(run),
            "recipe": trained.recipe.name,
            "data": data.name,
            "split": split,
            "images": found.count,
            "accuracy": found.accuracy,
            "interval": [low, high],
            "loss": found.loss,
            "confusion": matrix.tolist(),
        }
    )
