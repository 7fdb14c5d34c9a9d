"""``handgrad export``."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from handgrad.cli.options import OUTPUT, Json
from handgrad.cli.output import last_line, say
from handgrad.exchange import export_npz, export_onnx, export_safetensors
from handgrad.recipes import load

EXAMPLES = """Examples:

  handgrad export runs/lenet-20260101-120000 --to safetensors
  handgrad export runs/lenet-20260101-120000 --to onnx --output digits.onnx

safetensors and npz hold the weights under PyTorch's names ("0.weight"); onnx
holds the whole network, normalisation included, and takes pixels from 0 to
255.
"""

USAGE = "Usage: handgrad export RUN --to FORMAT [OPTIONS]"

app = App(name="export", usage=USAGE, help_epilogue=EXAMPLES)


@app.default
def run(
    run: Path,
    /,
    *,
    to: Annotated[Literal["safetensors", "npz", "onnx"], Parameter(group=OUTPUT)],
    output: Annotated[Path | None, Parameter(group=OUTPUT, metavar="FILE")] = None,
    json: Json = False,
) -> None:
    """Write a trained network as safetensors, npz or ONNX.

    Parameters
    ----------
    run
        a run folder
    to
        the format
    output
        the file to write; without it, the recipe's name and the format's ending
    """
    trained = load(run)
    path = output or Path(f"{trained.recipe.name}.{to}")
    if to == "onnx":
        shape = tuple(trained.recipe.network.input_shape)
        export_onnx(trained.network, path, input_shape=shape, normalisation=trained.normalisation)
    else:
        {"safetensors": export_safetensors, "npz": export_npz}[to](trained.network, path)
    if json:
        last_line({"run": str(run), "to": to, "file": str(path), "bytes": path.stat().st_size})
        return
    say(f"{path}: {path.stat().st_size:,} bytes")
