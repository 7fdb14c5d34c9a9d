"""``handgrad import``."""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from handgrad.cli.output import last_line, say
from handgrad.exchange import import_state_dict
from handgrad.nn import weights
from handgrad.recipes import build_network, find_recipe, normalisation, override
from handgrad.train import RunFolder


def run(
    weights_file: Path,
    /,
    *,
    recipe: str,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative=())] = None,
    runs: Path = Path("runs"),
    json_: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> None:
    """Make a run of weights trained elsewhere, to evaluate, predict and export with.

    Examples:

        handgrad import lenet-from-pytorch.safetensors --recipe lenet

    Parameters
    ----------
    weights_file
        a state_dict saved as safetensors, under PyTorch's names
    recipe
        whose network the weights belong to, and whose normalisation the images need
    set_
        any value of the recipe, as section.key=value
    runs
        where the run folder is made
    json_
        print one JSON object as the last line
    """
    chosen = override(find_recipe(recipe), set_ or [])
    network = build_network(chosen)
    report = import_state_dict(network, weights_file)
    facts = {"engine": "none", "threads": 0, "seed": chosen.train.seed, "imported": str(weights_file)}
    folder = RunFolder.create(runs, chosen.name, chosen.to_toml(), facts)
    weights.save(network, folder.model, {"normalisation": json.dumps(normalisation(chosen).to_dict())})
    if json_:
        last_line({"recipe": chosen.name, "file": str(weights_file), "run": str(folder.path)})
        return
    say(f"{report}\n{folder.path}")
