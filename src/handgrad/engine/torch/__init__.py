"""The peer: a network mirrored into PyTorch, to be compared with what handgrad makes of it."""

from handgrad.engine.torch.engine import TorchEngine
from handgrad.engine.torch.layers import has_dropout
from handgrad.engine.torch.variants import VARIANTS

__all__ = ["VARIANTS", "TorchEngine", "has_dropout"]
