"""``handgrad recipes``."""

from typing import Annotated

from cyclopts import App, Parameter

from handgrad.cli.options import RECIPE, Json
from handgrad.cli.output import last_line, say, table
from handgrad.recipes import build_network, find_recipe, recipe_names

EXAMPLES = """Examples:

  handgrad recipes
  handgrad recipes lenet > my-recipe.toml

A printed recipe is complete: change it, and train it with
"handgrad train my-recipe.toml".
"""

USAGE = "Usage: handgrad recipes [NAME] [--json]"

app = App(name="recipes", usage=USAGE, help_epilogue=EXAMPLES)


@app.default
def run(name: Annotated[str | None, Parameter(group=RECIPE)] = None, /, *, json: Json = False) -> None:
    """List the recipes, or print one.

    Parameters
    ----------
    name
        print this recipe, complete, as TOML; otherwise all are listed
    """
    if name is not None:
        recipe = find_recipe(name)
        if json:
            last_line(recipe.to_dict())
        else:
            say(recipe.to_toml().rstrip())
        return
    found = [find_recipe(known) for known in recipe_names()]
    counts = [sum(item.value.size for item in build_network(r).parameters().values()) for r in found]
    if json:
        keys = ("name", "description", "source")
        rows = zip(found, counts, strict=True)
        last_line(
            {
                "recipes": [
                    {**{key: getattr(r, key) for key in keys}, "claim": r.expects.claim, "parameters": n}
                    for r, n in rows
                ]
            }
        )
        return
    table(
        "",
        ["recipe", "what its source claims", "parameters"],
        [[r.name, f"{r.expects.claim} ({r.source})", f"{n:,}"] for r, n in zip(found, counts, strict=True)],
        right=1,
    )
