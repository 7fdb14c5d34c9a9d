"""``--set section.key=value``: a recipe with some of its values replaced."""

import difflib
import tomllib
from collections.abc import Sequence
from typing import Any

from handgrad.errors import RecipeError
from handgrad.recipes.recipe import FIXED, SECTIONS, SEVERAL, TEXTS, Recipe, from_values, keys_of

EXCLUSIVE = {"epochs": "steps", "steps": "epochs"}


def override(recipe: Recipe, settings: Sequence[str]) -> Recipe:
    """The recipe with some values replaced.

    Setting ``train.epochs`` clears ``train.steps`` and the other way round; setting a section's ``type``
    starts that section afresh, with the new type's defaults. Several augmentations are given as a whole:
    ``augment=[{type="RandomAffine", degrees=10}, {type="ElasticTransform"}]``.

    Arguments:
        recipe: stays as it is.
        settings: texts such as "train.epochs=3" or "optimizer.lr=0.02"; values are TOML, and a word
            without quotes is taken as text.

    Raises:
        RecipeError: no such key, a value that it cannot have, or both epochs and steps.

    Example:
        >>> from handgrad.recipes import find_recipe
        >>> override(find_recipe("lenet"), ["train.epochs=3"]).train.steps is None
        True
    """
    values = recipe.to_dict()
    chosen = dict(map(_parsed, settings))  # the last one counts
    if {("train", "epochs"), ("train", "steps")} <= chosen.keys():
        raise RecipeError("train", expected="either epochs or steps", got="both", hint="set one of them")
    for section, key in sorted(chosen, key=lambda path: path[1] != "type"):  # first what starts afresh
        if key == "type":
            values[section] = {}
        table = values.setdefault(section, {}) if section else values
        if isinstance(table, list):
            raise RecipeError(
                f"--set {section}.{key}",
                expected=f"{section} as a whole, as the recipe has several",
                got="a value for one",
                hint=f"write --set '{section}=[{{type=\"RandomAffine\", degrees=10}}, ...]'",
            )
        if section == "train" and key in EXCLUSIVE:
            table.pop(EXCLUSIVE[key], None)
        table[key] = chosen[section, key]
    return from_values(values, f"recipe {recipe.name}")


def _parsed(setting: str) -> tuple[tuple[str, str], Any]:
    """``section.key=value`` as ((section, key), value); a key outside sections has an empty one."""
    path, equals, text = setting.partition("=")
    section, _, key = path.strip().rpartition(".")
    if not equals or not key or "." in section:
        raise RecipeError(
            f"--set {setting}",
            expected="section.key=value",
            got="something else",
            hint="write, for instance, --set optimizer.lr=0.02",
        )
    if (section or key) not in SECTIONS:
        raise RecipeError(
            f"--set {setting}",
            expected=f"one of {', '.join(SECTIONS)}",
            got=f"the unknown {'section' if section else 'key'} {section or key!r}",
            hint=_nearest(section, key),
        )
    if not section and key not in (*TEXTS, SEVERAL):
        raise RecipeError(
            f"--set {setting}",
            expected=f"a key of the section, {key}.something=value",
            got="a value for all of it",
        )
    return (section, key), _value(text.strip())


def _nearest(section: str, key: str) -> str:
    """Which section was misspelt, or which one has the key that was given without one."""
    homes = [name for name, section in FIXED.items() if name != "expects" and key in keys_of(section)]
    if not section and (homes or key == "lr"):
        return f"did you mean {(homes or ['optimizer'])[0]}.{key}"
    near = difflib.get_close_matches(section or key, SECTIONS, n=1, cutoff=0.5)
    return f"did you mean {near[0]}{'.' + key if section else ''}" if near else ""


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text  # a word without quotes: --set optimizer.type=Adam
