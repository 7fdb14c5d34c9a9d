"""A report's template and a run's numbers, made into one text."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from handgrad.report.errors import ReportError

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATE = "<template>"


def render(template: str, values: Mapping[str, Any], where: str) -> str:
    """Fill in a Jinja2 template; a name that does not exist is an error, never an empty place.

    Beside Jinja's own filters there are ``percent`` (0.9731 is 97.31%; ``percent(1)`` is 97.3%),
    ``fixed(n)`` (n decimals), ``scientific`` (1.2e-09) and ``commas`` (60,000).

    Arguments:
        template: with ``{{ ... }}``, ``{% ... %}`` and ``{# ... #}``; a line that holds nothing but a
            block leaves no empty line behind.
        values: what its names mean.
        where: its name, for errors.

    Raises:
        ReportError: a mistake in the template, an unknown name, a value of the wrong kind; with the line.

    Example:
        >>> render("{{ accuracy | percent }} of {{ count | commas }}", {"accuracy": 0.97, "count": 9000}, "a")
        '97.00% of 9,000'
    """
    from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError

    try:
        return _environment().from_string(template).render(values)
    except TemplateSyntaxError as error:
        raise ReportError(
            f"{where}, line {error.lineno}", expected="a Jinja2 template", got=error.message or "an error"
        ) from None
    except UndefinedError as error:
        raise ReportError(
            _line(where, error.__traceback__),
            expected="names that exist",
            got=str(error.message),
            hint=_suggestion(str(error.message), values),
        ) from None
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        raise ReportError(
            _line(where, error.__traceback__), expected="values that fit their places", got=str(error)
        ) from None


def _environment() -> Environment:
    """Strict about names, tidy about lines, and with the filters of numbers."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters.update(percent=percent, fixed=fixed, scientific=scientific, commas=commas)
    return environment


def percent(value: Any, decimals: int = 2) -> str:
    """A share of 1 as a percentage.

    Example:
        >>> percent(0.9731), percent(0.9731, 1)
        ('97.31%', '97.3%')
    """
    return f"{_real(value):.{decimals}%}"


def fixed(value: Any, decimals: int) -> str:
    """A number with so many decimals.

    Example:
        >>> fixed(3.14159, 3)
        '3.142'
    """
    return f"{_real(value):.{decimals}f}"


def scientific(value: Any, decimals: int = 1) -> str:
    """A number with its power of ten.

    Example:
        >>> scientific(0.0000000012)
        '1.2e-09'
    """
    return f"{_real(value):.{decimals}e}"


def commas(value: Any) -> str:
    """A number with its thousands apart.

    Example:
        >>> commas(60000), commas(1234.5)
        ('60,000', '1,234.5')
    """
    real = _real(value)
    return f"{int(real):,}" if real.is_integer() else f"{real:,}"


def _real(value: Any) -> float:
    """A number, or an error that says what came instead."""
    if isinstance(value, (str, bytes, bool)):
        raise TypeError(f"{value!r} where a number is needed")
    try:
        return float(value)
    except TypeError:
        raise TypeError(f"{value!r} where a number is needed") from None


def _line(where: str, traceback: TracebackType | None) -> str:
    """The template's name with the line that was being filled in."""
    number = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == TEMPLATE:
            number = traceback.tb_lineno
        traceback = traceback.tb_next
    return f"{where}, line {number}" if number else where


def _suggestion(message: str, values: Mapping[str, Any]) -> str:
    """A name that exists and is spelled much like the one that does not."""
    quoted = re.findall(r"'([^']*)'", message)
    near = difflib.get_close_matches(quoted[-1], sorted(set(_names(values))), n=1) if quoted else []
    return f"did you mean {near[0]!r}" if near else ""


def _names(values: object) -> Iterator[str]:
    """Every key, at any depth."""
    if isinstance(values, Mapping):
        for key, value in values.items():
            yield str(key)
            yield from _names(value)
    elif isinstance(values, (list, tuple)):
        for value in values:
            yield from _names(value)
