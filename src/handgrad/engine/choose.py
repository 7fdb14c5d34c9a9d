"""Engines by name."""

import warnings
from collections.abc import Callable
from importlib.util import find_spec

from handgrad.engine.protocol import Engine
from handgrad.errors import ArgumentError, EngineWarning

ENGINES = ("compiled", "reference", "torch")
DEFAULT = "compiled"


def choose_engine(name: str | None = None) -> Callable[..., Engine]:
    """The class of an engine; its modules are imported only now.

    Arguments:
        name: one of `ENGINES`; None: compiled, or where llvmlite is missing the reference, with a warning.

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
        if find_spec("llvmlite") is not None:
            from handgrad.engine.compiled import CompiledEngine

            return CompiledEngine
        if name == "compiled":
            raise ArgumentError(
                "engine", expected="llvmlite for the compiled engine", got="none", hint="pip install llvmlite"
            )
        warnings.warn(
            "llvmlite is not installed: the reference engine runs, many times more slowly",
            EngineWarning,
            stacklevel=3,
        )
    from handgrad.engine.reference import ReferenceEngine

    return ReferenceEngine
