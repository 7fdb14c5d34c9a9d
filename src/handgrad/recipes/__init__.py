"""Recipes: named experiments as TOML files, and what a run of one left behind."""

from handgrad.recipes.build import build_network, build_run, build_training, normalisation, prepare
from handgrad.recipes.catalogue import find_recipe, recipe_names
from handgrad.recipes.recipe import Recipe, override, parse_recipe
from handgrad.recipes.trained import Trained, load

__all__ = [
    "Recipe",
    "Trained",
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
]
