"""The compiled engine: the same networks as machine code for this CPU; docs/engine.md explains it."""

from handgrad.engine.compiled.engine import CompiledEngine

__all__ = ["CompiledEngine"]
