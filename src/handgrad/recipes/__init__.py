"""Recipes: named experiments as TOML files, a run of one, and what it left behind."""

from handgrad.recipes.build import build_network, build_run, build_training, normalisation, prepare
from handgrad.recipes.catalogue import find_recipe, recipe_names
from handgrad.recipes.override import override
from handgrad.recipes.recipe import Recipe, parse_recipe
from handgrad.recipes.running import Running, begin, recipe_of, result_of, resume
from handgrad.recipes.trained import Trained, load

__all__ = [
    "Recipe",
    "Running",
    "Trained",
    "begin",
    "build_network",
    "build_run",
    "build_training",
    "find_recipe",
    "load",
    "normalisation",
    "override",
    "parse_recipe",
    "prepare",
    "recipe_names",
    "recipe_of",
    "result_of",
    "resume",
]
