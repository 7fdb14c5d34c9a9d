"""``handgrad recipes``."""

from typing import Annotated

from cyclopts import Parameter

from handgrad.cli.output import last_line, say, table
from handgrad.recipes import build_network, find_recipe, recipe_names


def run(
    name: str | None = None,
    /,
    *,
    json_: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> None:
    """List the recipes, or print one.

    Examples:

        handgrad recipes

        handgrad recipes lenet > mine.toml

    Parameters
    ----------
    name
        print this recipe, complete, as TOML: the beginning of one of your own
    json_
        print one JSON object as the last line
    """
    if name is not None:
        say(find_recipe(name).to_toml().rstrip())
        return
    found = [find_recipe(known) for known in recipe_names()]
    counts = [
        sum(parameter.value.size for parameter in build_network(recipe).parameters().values())
        for recipe in found
    ]
    if json_:
        rows = zip(found, counts, strict=True)
        last_line({"recipes": [{"name": r.name, "parameters": n, "claim": r.expects.claim} for r, n in rows]})
        return
    table(
        "",
        ["recipe", "source", "its source claims", "parameters"],
        [[r.name, r.source, r.expects.claim, f"{n:,}"] for r, n in zip(found, counts, strict=True)],
        right=1,
    )
