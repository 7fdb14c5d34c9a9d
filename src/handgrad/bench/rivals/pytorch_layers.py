"""Each layer of a recipe alone, in PyTorch."""

from collections.abc import Callable
from typing import Any

from handgrad._typing import Array
from handgrad.bench.rivals.pytorch_network import torch_module
from handgrad.bench.side import FORWARD, layer_inputs, needs_dx, parse_layer_measure, upstream
from handgrad.recipes import Recipe


class TorchLayers:
    """The modules of a recipe, each with its real input.

    Forward keeps what autograd needs; backward is ``torch.autograd.grad`` from dy to the gradients of the
    parameters and, where it is needed, dx, on a graph that is kept.

    Arguments:
        recipe: whose layers they are.
        threads: that PyTorch may use.
        channels_last: the memory format of modules, images and gradients.
    """

    def __init__(self, recipe: Recipe, threads: int, *, channels_last: bool = False) -> None:
        import torch

        torch.set_num_threads(threads)
        self.format = torch.channels_last if channels_last else torch.contiguous_format
        self.network, self.inputs = layer_inputs(recipe)
        self.module = torch_module(self.network).train().to(memory_format=self.format)

    def call(self, measure: str) -> Callable[[], object]:
        """One layer's pass in one direction."""
        import torch

        position, direction = parse_layer_measure(measure)
        module = self.module[position]
        wants_dx = needs_dx(self.network, position)
        x = self._laid_out(self.inputs[position]).requires_grad_(wants_dx)
        if direction == FORWARD:
            return lambda: module(x)
        dy = self._laid_out(upstream(self.inputs[position + 1]))
        y, learnt = module(x), [*([x] if wants_dx else []), *module.parameters()]
        return lambda: torch.autograd.grad(y, learnt, dy, retain_graph=True)

    def _laid_out(self, array: Array) -> Any:
        from torch import from_numpy

        tensor = from_numpy(array)
        return tensor.contiguous(memory_format=self.format) if tensor.ndim == 4 else tensor
