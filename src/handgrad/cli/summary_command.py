"""``handgrad summary``."""

from dataclasses import asdict
from typing import Annotated

from cyclopts import App, Parameter

from handgrad.cli.options import RECIPE, Json, Settings
from handgrad.cli.output import last_line, say
from handgrad.recipes import build_network, find_recipe, override

EXAMPLES = """Examples:

  handgrad summary lenet
  handgrad summary my-recipe.toml --json
"""

USAGE = "Usage: handgrad summary RECIPE [OPTIONS]"

app = App(name="summary", usage=USAGE, help_epilogue=EXAMPLES)


@app.default
def run(
    recipe: Annotated[str, Parameter(group=RECIPE)], /, *, settings: Settings = None, json: Json = False
) -> None:
    """The layers, shapes and parameters of a recipe.

    Parameters
    ----------
    recipe
        a name from "handgrad recipes", or a TOML file
    """
    chosen = override(find_recipe(recipe), settings or [])
    found = build_network(chosen).summary(tuple(chosen.network.input_shape))
    if json:
        totals = {"parameters": found.parameters, "multiply_adds": found.multiply_adds}
        last_line({"recipe": chosen.name, **asdict(found), **totals})
        return
    say(f"{chosen.name}: {chosen.description or 'your own'}")
    if chosen.source:
        say(f"source: {chosen.source}")
        say(f"it claims: {chosen.expects.claim or 'nothing'}")
    say(str(found))
