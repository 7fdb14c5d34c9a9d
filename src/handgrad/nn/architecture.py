"""Layers as text, ``Conv2d(1, 20, 5)``: what their repr prints and recipes and weight files hold."""

import ast
import difflib
from collections.abc import Mapping, Sequence
from typing import Any, cast

from handgrad.errors import HandgradError, RecipeError
from handgrad.nn import activation, affine, flatten, initialisers, pooling, regularising
from handgrad.nn.initialisers import Initialiser
from handgrad.nn.layer import Layer
from handgrad.nn.sequential import Sequential

LAYERS: Mapping[str, type[Layer]] = {
    kind.__name__: kind
    for kind in (
        affine.Conv2d,
        affine.Linear,
        pooling.MaxPool2d,
        pooling.AvgPool2d,
        flatten.Flatten,
        activation.ReLU,
        activation.LeakyReLU,
        activation.PReLU,
        activation.ELU,
        activation.Sigmoid,
        activation.Tanh,
        activation.Softmax,
        regularising.Dropout,
        regularising.BatchNorm1d,
        regularising.BatchNorm2d,
        Sequential,
    )
}
"""The layers that a text may name."""

INITIALISERS: Mapping[str, type] = {
    kind.__name__: kind
    for kind in (
        initialisers.Constant,
        initialisers.Uniform,
        initialisers.Normal,
        initialisers.XavierUniform,
        initialisers.XavierNormal,
        initialisers.KaimingUniform,
        initialisers.KaimingNormal,
        initialisers.InputMapUniform,
    )
}
"""The initialisers that a layer's text may name in turn."""


def layers_from_text(texts: Sequence[str], own: Mapping[str, type[Layer]] | None = None) -> list[Layer]:
    """Build layers from their texts.

    The text is parsed, never executed: a known name, and literal arguments; for a `Sequential`, a list of
    such calls.

    Arguments:
        texts: one for each layer.
        own: further layers, by class name.

    Raises:
        RecipeError: no call of a known layer, or arguments that the layer does not take.

    Example:
        >>> layers_from_text(["Conv2d(1, 20, 5)", "ReLU()"])
        [Conv2d(1, 20, 5), ReLU()]
    """
    known = {**LAYERS, **(own or {})}
    built = []
    for position, text in enumerate(texts):
        layer = call_from_text(text, known, f"layer {position}, {text!r}")
        if not isinstance(layer, Layer):
            raise RecipeError(f"layer {position}", expected='a call such as "ReLU()"', got=repr(text))
        built.append(layer)
    return built


def initialiser_from_text(text: str, where: str) -> Initialiser:
    """Build an initialiser from its text, such as "Normal(std=0.1)".

    Arguments:
        text: a call of a known initialiser.
        where: who asks, for the error.

    Raises:
        RecipeError: no call of a known initialiser.

    Example:
        >>> initialiser_from_text("Normal(std=0.1)", "example")
        Normal(mean=0.0, std=0.1)
    """
    found = call_from_text(text, INITIALISERS, where)
    if not isinstance(found, tuple(INITIALISERS.values())):
        raise RecipeError(where, expected='a call such as "Normal(std=0.1)"', got=repr(text))
    return cast(Initialiser, found)


def call_from_text(text: str, known: Mapping[str, type], where: str) -> object:
    """Evaluate ``Name(literal, key=literal)`` for the names in ``known``."""
    try:
        expression = ast.parse(text, mode="eval").body
    except (SyntaxError, TypeError, ValueError):
        raise RecipeError(where, expected='a call such as "Conv2d(1, 20, 5)"', got=repr(text)) from None
    return _value(expression, known, where)


def _value(node: ast.expr, known: Mapping[str, type], where: str) -> Any:
    if isinstance(node, ast.List):
        return [_value(element, known, where) for element in node.elts]
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, RecursionError):
            raise RecipeError(
                where, expected="numbers, texts, tuples and known names", got=ast.unparse(node)
            ) from None
    kind = known.get(node.func.id)
    if kind is None:
        near = difflib.get_close_matches(node.func.id, known, n=1)
        raise RecipeError(
            where,
            expected=f"one of {', '.join(known)}",
            got=node.func.id,
            hint=f"did you mean {near[0]}" if near else "",
        )
    inner = {**known, **INITIALISERS}
    arguments = [_value(argument, inner, where) for argument in node.args]
    keywords = {str(keyword.arg): _value(keyword.value, inner, where) for keyword in node.keywords}
    try:
        return kind(*arguments, **keywords)
    except HandgradError as error:
        raise type(error)(where, expected=error.expected, got=error.got, hint=error.hint) from None
    except (TypeError, ValueError) as error:
        raise RecipeError(where, expected=f"arguments that {kind.__name__} takes", got=str(error)) from None
