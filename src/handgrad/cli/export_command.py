"""``handgrad export``."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from handgrad.cli.output import last_line, say
from handgrad.exchange import export_npz, export_onnx, export_safetensors
from handgrad.recipes import load


def run(
    run: Path,
    /,
    *,
    to: Literal["safetensors", "npz", "onnx"],
    output: Path | None = None,
    json_: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> None:
    """Write a trained network as safetensors, npz or ONNX.

    Examples:

        handgrad export runs/lenet-20260101-120000 --to onnx

    Parameters
    ----------
    run
        a run folder
    to
        safetensors and npz hold the arrays under PyTorch's names; onnx the whole network, which takes pixels
        from 0 to 255
    output
        the file; NAME.onnx and so on in the working folder if not given
    json_
        print one JSON object as the last line
    """
    trained = load(run)
    path = output or Path(f"{trained.recipe.name}.{to}")
    if to == "onnx":
        shape = tuple(trained.recipe.network.input_shape)
        export_onnx(trained.network, path, input_shape=shape, normalisation=trained.normalisation)
    else:
        {"safetensors": export_safetensors, "npz": export_npz}[to](trained.network, path)
    if json_:
        last_line({"run": str(run), "to": to, "file": str(path), "bytes": path.stat().st_size})
        return
    say(f"{path}: {path.stat().st_size:,} bytes")
