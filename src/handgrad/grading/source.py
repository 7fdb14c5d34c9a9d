"""Reading Python that somebody else wrote: parsed, never run."""

import ast
import warnings


def parsed(text: str) -> ast.Module | None:
    """The tree of a file; None where it is no Python.

    Example:
        >>> parsed("print 'Python 2'") is None
        True
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the student's own strings
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def line_of(text: str, number: int) -> str:
    """One line, cut where it is very long; empty where there is none.

    Example:
        >>> line_of("a = 1\\n  b = 2", 2)
        'b = 2'
    """
    lines = text.splitlines()
    return lines[number - 1].strip()[:200] if 0 < number <= len(lines) else ""


def also(others: int) -> str:
    """How many places there are beside the one that is shown; nothing of none.

    Example:
        >>> also(0), also(1), also(2)
        ('', ' Also in 1 more place.', ' Also in 2 more places.')
    """
    return f" Also in {others} more place{'' if others == 1 else 's'}." if others else ""
