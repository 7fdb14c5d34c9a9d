"""What a TOML file's keys and values may be: checks that name the nearest key and the kind of value."""

import difflib
from collections.abc import Iterable, Mapping
from types import UnionType
from typing import Any, get_args, get_origin

from handgrad.errors import HandgradError, RecipeError

WORDS = {int: "a whole number", float: "a number", str: "a text in quotes", bool: "true or false"}
SYNONYMS = {"learning_rate": "lr", "epsilon": "eps"}  # Keras's words, which are not near in spelling
PLURALS = {int: "whole numbers", float: "numbers", str: "texts in quotes"}


def check_keys(
    values: Mapping[str, Any],
    known: Iterable[str],
    where: str,
    error: type[HandgradError] = RecipeError,
) -> None:
    """Refuse a key that is not known, naming the nearest one.

    Arguments:
        values: the keys to look at.
        known: those that there are.
        where: the table's name, for the error.
        error: its kind.

    Raises:
        HandgradError: of that kind, with that hint.

    Example:
        >>> check_keys({"epcohs": 3}, ["epochs", "steps"], "train")
        Traceback (most recent call last):
        handgrad.errors.RecipeError: train: expected one of epochs, steps, got the unknown key 'epcohs'. ...
    """
    names = list(known)
    for key in values:
        if key not in names:
            meant = SYNONYMS.get(key)
            near = [meant] if meant in names else difflib.get_close_matches(key, names, n=1, cutoff=0.5)
            raise error(
                where,
                expected=f"one of {', '.join(names)}",
                got=f"the unknown key {key!r}",
                hint=f"did you mean {near[0]!r}" if near else "",
            )


def fits(value: Any, declared: Any) -> bool:
    """Whether a TOML value is of the kind that a field declares; a whole number will do for any number.

    Arguments:
        value: as the TOML reader returned it.
        declared: a type such as ``int``, ``list[str]`` or ``float | None``.

    Example:
        >>> fits(3, float | None), fits(True, int), fits([1, "a"], list[int])
        (True, False, False)
    """
    if isinstance(declared, UnionType):
        return any(fits(value, kind) for kind in get_args(declared))
    if get_origin(declared) is list:
        return isinstance(value, list) and all(fits(item, get_args(declared)[0]) for item in value)
    if declared is float:
        return type(value) in (int, float)
    return type(value) is declared


def in_words(declared: Any) -> str:
    """What `fits` accepts, for an error.

    Example:
        >>> in_words(float | list[float])
        'a number, or a list of numbers'
    """
    if isinstance(declared, UnionType):
        return ", or ".join(in_words(kind) for kind in get_args(declared) if kind is not type(None))
    if get_origin(declared) is list:
        return f"a list of {PLURALS[get_args(declared)[0]]}"
    return WORDS[declared]
