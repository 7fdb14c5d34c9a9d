"""``handgrad import``."""

from json import dumps
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from handgrad.cli.options import RECIPE, Json, RunFolders, Settings
from handgrad.cli.output import last_line, say
from handgrad.exchange import import_state_dict
from handgrad.nn import weights
from handgrad.recipes import build_network, find_recipe, normalisation, override
from handgrad.train import RunFolder

EXAMPLES = """Examples:

  handgrad import lenet-from-pytorch.safetensors --recipe lenet

In PyTorch, safetensors.torch.save_file(model.state_dict(), "lenet-from-...")
writes such a file.
The run folder that this makes can be evaluated, predicted with and exported.
"""

RUNS = Path("runs")

USAGE = "Usage: handgrad import FILE --recipe RECIPE [OPTIONS]"

app = App(name="import", usage=USAGE, help_epilogue=EXAMPLES)


@app.default
def run(
    file: Path,
    /,
    *,
    recipe: Annotated[str, Parameter(group=RECIPE, metavar="NAME|FILE")],
    settings: Settings = None,
    runs: RunFolders = RUNS,
    json: Json = False,
) -> None:
    """Make a run of weights trained elsewhere.

    Parameters
    ----------
    file
        a state_dict saved as safetensors or npz, under PyTorch's names
    recipe
        whose network the weights belong to, and how its images are normalised
    """
    chosen = override(find_recipe(recipe), settings or [])
    network = build_network(chosen)
    report = import_state_dict(network, file)
    facts = {"engine": "none", "threads": 0, "seed": chosen.train.seed, "imported": str(file)}
    folder = RunFolder.create(runs, chosen.name, chosen.to_toml(), facts)
    weights.save(network, folder.model, {"normalisation": dumps(normalisation(chosen).to_dict())})
    if json:
        last_line({"recipe": chosen.name, "file": str(file), "run": str(folder.path)})
        return
    say(f"{report}\n{folder.path}")
