"""Engines by name."""

import warnings
from collections.abc import Callable

from handgrad.engine.protocol import Engine
from handgrad.errors import ArgumentError, EngineWarning

ENGINES = ("compiled", "reference", "torch")


def choose_engine(name: str | None = None) -> Callable[..., Engine]:
    """The class of an engine; its modules are imported only now.

    Arguments:
        name: one of `ENGINES`; None: compiled, or with a warning the reference where there is no llvmlite.

    Raises:
        ArgumentError: no such engine, or it needs a package that is not installed.

    Example:
        >>> choose_engine("reference").__name__
        'ReferenceEngine'
    """
    if name not in (None, *ENGINES):
        raise ArgumentError("engine", expected=f"one of {', '.join(ENGINES)}", got=repr(name))
    if name == "torch":
        from handgrad.engine.torch import TorchEngine

        return TorchEngine
    if name != "reference":
        try:
            from handgrad.engine.compiled import CompiledEngine

            return CompiledEngine
        except (ImportError, OSError):  # not installed, or not for this system
            _missing(name)
    from handgrad.engine.reference import ReferenceEngine

    return ReferenceEngine


def _missing(name: str | None) -> None:
    """Say that there is no llvmlite: an error for who asked for the compiled engine, else a warning."""
    if name == "compiled":
        expected, got = "llvmlite for the compiled engine", "none that can be imported"
        raise ArgumentError("engine", expected=expected, got=got, hint="pip install llvmlite") from None
    sentence = "llvmlite cannot be imported: the reference engine runs, many times more slowly"
    warnings.warn(sentence, EngineWarning, stacklevel=4)
