"""Where recipes are: those of the library by name, a user's own by path."""

import difflib
from importlib import resources
from pathlib import Path

from handgrad.errors import RecipeError
from handgrad.recipes.recipe import Recipe, parse_recipe


def recipe_names() -> list[str]:
    """The recipes that the library brings, by name.

    Example:
        >>> "lenet" in recipe_names()
        True
    """
    folder = resources.files("handgrad.recipes")
    return sorted(item.name.removesuffix(".toml") for item in folder.iterdir() if item.name.endswith(".toml"))


def find_recipe(name: str) -> Recipe:
    """A recipe by the library's name for it, or by the path of a TOML file.

    Raises:
        RecipeError: there is none; says which names are near.

    Example:
        >>> find_recipe("lenet").expects.parameters
        431080
    """
    if name in recipe_names():
        text = (resources.files("handgrad.recipes") / f"{name}.toml").read_text(encoding="utf-8")
        return parse_recipe(text, f"{name}.toml")
    path = Path(name)
    if path.is_file():
        try:
            return parse_recipe(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise RecipeError(str(path), expected="a readable text file", got=str(error)) from None
    if path.suffix == ".toml":
        raise RecipeError(
            "recipe",
            expected="a TOML file",
            got=f"no file {name}",
            hint="check the path, or see `handgrad recipes`",
        )
    near = difflib.get_close_matches(name, recipe_names(), n=1)
    raise RecipeError(
        "recipe",
        expected=f"one of {', '.join(recipe_names())}, or a TOML file",
        got=repr(name),
        hint=f"did you mean {near[0]}" if near else "see `handgrad recipes`",
    )
