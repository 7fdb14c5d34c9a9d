"""A network as PyTorch holds it, over the memory of the network's own arrays."""

from typing import Any

from handgrad._typing import AnyArray, Array
from handgrad.engine.torch.layers import mirror_network
from handgrad.engine.torch.library import as_tensor, pytorch
from handgrad.engine.torch.optimizers import Update, mirror_optimizer
from handgrad.engine.torch.variants import Variant
from handgrad.nn import Sequential
from handgrad.optim import Optimizer, OptimizerState


class Mirror:
    """PyTorch's module of a network, and what moves its parameters.

    Parameters and buffers are tensors of the network's own memory, so that either side sees at once what the
    other writes. Where a variant wants them laid out otherwise they lie in memory of their own, and the
    values are carried over before a pass and after a step.

    Arguments:
        network: with no size left open.
        variant: how PyTorch is to run it.
    """

    def __init__(self, network: Sequential, variant: Variant) -> None:
        self.network, self.variant = network, variant
        self.module = mirror_network(network)
        self._runs = variant.arrange(self.module)
        self.parameters: dict[str, Any] = dict(self.module.named_parameters())
        self._arrays = arrays_of(network)
        self._moved = {
            name: (tensor.detach(), pytorch().from_numpy(self._arrays[name]))
            for name, tensor in self.module.state_dict().items()
            if tensor.data_ptr() != self._arrays[name].ctypes.data
        }
        self._update: Update | None = None

    def shows(self, network: Sequential) -> bool:
        """Whether the network still has the arrays that are mirrored here."""
        now = arrays_of(network)
        return now.keys() == self._arrays.keys() and all(now[name] is self._arrays[name] for name in now)

    def forward(self, x: Array, *, training: bool) -> Any:
        """The network's output (N, K) as a tensor of the network's dtype."""
        images = self._prepared(x, training=training)
        with self.variant.arithmetic():
            y = self._runs(self.variant.images(images))
        return y.to(images.dtype)

    def outputs(self, x: Array) -> list[Any]:
        """Every layer's output, in evaluation mode."""
        images = self._prepared(x, training=False)
        y, found = self.variant.images(images), []
        with self.variant.arithmetic():
            for layer in self.module:
                y = layer(y)
                found.append(y.to(images.dtype))
        return found

    def _prepared(self, x: Array, *, training: bool) -> Any:
        for tensor, shared in self._moved.values():
            tensor.copy_(shared)  # the network may have been given other values
        if self.module.training is not training:
            self.module.train(training)
        return as_tensor(x)

    def step(self, optimizer: Optimizer, state: OptimizerState, lr: float) -> None:
        """Move the parameters along the gradients that they have.

        Arguments:
            optimizer: how.
            state: what it remembers, changed in place, and always the same one; at the first step its arrays
                become laid out as the parameters are.
            lr: the learning rate.
        """
        if self.parameters:
            self._updating(optimizer, state).step(lr, state.step)
        for tensor, shared in self._moved.values():
            shared.copy_(tensor)
        state.step += 1

    def _updating(self, optimizer: Optimizer, state: OptimizerState) -> Update:
        if self._update is None:
            for name in self._moved.keys() & state.slots.keys():
                slots = state.slots[name]
                state.slots[name] = {slot: _laid_out_as(self.parameters[name], slots[slot]) for slot in slots}
            self._update = mirror_optimizer(optimizer, self.network.parameters(), self.parameters, state)
        return self._update


def arrays_of(network: Sequential) -> dict[str, AnyArray]:
    """The arrays themselves of parameters and buffers, by name.

    Example:
        >>> import handgrad as hg
        >>> net = hg.Sequential([hg.Linear(3, 2)])
        >>> arrays_of(net)["0.bias"] is net[0].bias.value
        True
    """
    return {name: item.value for name, item in (network.parameters() | network.buffers()).items()}


def _laid_out_as(tensor: Any, array: AnyArray) -> AnyArray:
    """A copy of an array with a tensor's strides."""
    copy = pytorch().empty_like(tensor, requires_grad=False)
    copy.copy_(pytorch().from_numpy(array))
    laid_out: AnyArray = copy.numpy()
    return laid_out
