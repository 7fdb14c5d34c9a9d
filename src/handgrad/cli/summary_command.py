"""``handgrad summary``."""

from dataclasses import asdict
from typing import Annotated

from cyclopts import Parameter

from handgrad.cli.output import last_line, say
from handgrad.recipes import build_network, find_recipe, override


def run(
    recipe: str,
    /,
    *,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative=())] = None,
    json_: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> None:
    """The layers, shapes and parameters of a recipe.

    Examples:

        handgrad summary lenet

    Parameters
    ----------
    recipe
        a name from `handgrad recipes`, or a TOML file
    set_
        any value of the recipe, as section.key=value
    json_
        print one JSON object as the last line
    """
    chosen = override(find_recipe(recipe), set_ or [])
    found = build_network(chosen).summary(tuple(chosen.network.input_shape))
    if json_:
        totals = {"parameters": found.parameters, "multiply_adds": found.multiply_adds}
        last_line({"recipe": chosen.name, **asdict(found), **totals})
        return
    say(f"{chosen.name}: {chosen.description}")
    say(f"Source: {chosen.source}. Claim: {chosen.expects.claim or 'none'}.")
    say(str(found))
