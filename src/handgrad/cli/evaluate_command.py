"""``handgrad evaluate``."""

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from cyclopts import App, Parameter

from handgrad.cli.options import (
    DATA,
    DataOptions,
    EngineName,
    Json,
    Quiet,
    Threads,
    load_splits,
)
from handgrad.cli.output import last_line, say, table
from handgrad.metrics import accuracy_interval, confusion_matrix
from handgrad.recipes import load, prepare
from handgrad.train import evaluate, predicted_classes

EXAMPLES = """Examples:

  handgrad evaluate runs/lenet-20260101-120000
  handgrad evaluate runs/lenet-20260101-120000 --split validation --json
  handgrad evaluate runs/lenet-20260101-120000 --data my-images/ --no-verify

The images are normalised as those that the network was trained on.
"""

NO_DATA = DataOptions()

USAGE = "Usage: handgrad evaluate RUN [OPTIONS]"

app = App(name="evaluate", usage=USAGE, help_epilogue=EXAMPLES)


@app.default
def run(
    run: Path,
    /,
    *,
    split: Annotated[Literal["test", "validation", "train"], Parameter(group=DATA)] = "test",
    source: DataOptions = NO_DATA,
    engine: EngineName = None,
    threads: Threads = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Accuracy and confusions of a trained run.

    Parameters
    ----------
    run
        a run folder
    split
        which part of the data
    """
    trained = load(run)
    splits = load_splits(trained.recipe, source, quiet=quiet)
    data = getattr(prepare(trained.recipe, splits), split)
    compiled = trained.compile(engine=engine, threads=threads)
    found = evaluate(compiled, data)
    outputs = max(data.classes, trained.network.output_shape(data.input_shape)[-1])
    names = [*data.names, *map(str, range(data.classes, outputs))]
    matrix = confusion_matrix(predicted_classes(compiled, data), data.labels, outputs)
    interval = accuracy_interval(int(np.trace(matrix)), found.count)
    low, high = interval
    say(f"{run}: the {split} images of {data.name}, {found.count:,} of them", quiet=quiet)
    say(
        f"accuracy {found.accuracy:.2%} (95% interval {low:.2%} to {high:.2%})  loss {found.loss:.4f}",
        quiet=quiet and json,
    )
    if not quiet:
        rows = [[name, *map(str, row)] for name, row in zip(names, matrix.tolist(), strict=True)]
        table("Rows: true class. Columns: predicted.", ["", *names], rows, right=len(names))
    if json:
        last_line(
            {
                "run": str(run),
                "recipe": trained.recipe.name,
                "data": data.name,
                "split": split,
                "images": found.count,
                "accuracy": found.accuracy,
                "interval": list(interval),
                "loss": found.loss,
                "confusion": matrix.tolist(),
            }
        )
