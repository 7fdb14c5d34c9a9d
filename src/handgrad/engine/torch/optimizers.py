"""The optimizers as PyTorch's own; and one rule that PyTorch does not have, written out in its operations.

What an optimizer remembers lies in the arrays of handgrad's `OptimizerState`, whose slots have PyTorch's
names: PyTorch's optimizers are given tensors of that memory, and find what they would have made at the
first step. So state is saved and loaded as with every other engine.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from handgrad import optim
from handgrad.engine.torch.library import pytorch
from handgrad.errors import ArgumentError
from handgrad.nn import Parameter
from handgrad.optim import ClipGradNorm, Clipping, Optimizer, OptimizerState

Tensors = Mapping[str, Any]
"""A tensor for each parameter, by the parameter's name."""


class Update(ABC):
    """Moves parameters along their gradients.

    Arguments:
        optimizer: the rule and its settings.
        biases: the names of the parameters that are biases.
        tensors: the parameters, with their gradients once there are some.
        slots: for each parameter's name and each slot's name, a tensor of the memory of that slot.
    """

    def __init__(
        self, optimizer: Any, biases: set[str], tensors: Tensors, slots: Mapping[str, Tensors]
    ) -> None:
        self.optimizer, self.biases, self.tensors, self.slots = optimizer, biases, tensors, slots

    @abstractmethod
    def step(self, lr: float, made: int) -> None:
        """Make one step.

        Arguments:
            lr: its learning rate, that of the weights.
            made: how many steps were made before it.
        """

    def rate(self, lr: float, name: str) -> float:
        """The learning rate of a parameter."""
        return lr * float(self.optimizer.bias_lr_multiplier) if name in self.biases else lr

    def decay(self, name: str) -> float:
        """The weight decay of a parameter."""
        decays = self.optimizer.decay_bias or name not in self.biases
        return float(self.optimizer.weight_decay) if decays else 0.0


class TorchUpdate(Update):
    """An optimizer of `torch.optim`, with weights and biases as two groups of parameters."""

    def __init__(
        self, optimizer: Any, biases: set[str], tensors: Tensors, slots: Mapping[str, Tensors]
    ) -> None:
        super().__init__(optimizer, biases, tensors, slots)
        torch, kind = pytorch(), type(optimizer)
        names = [[n for n in tensors if (n in biases) is is_bias] for is_bias in (False, True)]
        groups = [{"params": [tensors[n] for n in g], "weight_decay": self.decay(g[0])} for g in names if g]
        self._groups = [group for group in names if group]
        self._torch = getattr(torch.optim, kind.__name__)(groups, lr=optimizer.lr, **OPTIONS[kind](optimizer))
        for name, tensor in tensors.items():
            counted = {} if kind is optim.SGD else {"step": torch.zeros(())}
            if counted or slots[name]:
                self._torch.state[tensor] = {**counted, **slots[name]}

    def step(self, lr: float, made: int) -> None:
        """PyTorch's step."""
        for names, group in zip(self._groups, self._torch.param_groups, strict=True):
            group["lr"] = self.rate(lr, names[0])
            if "dampening" in group:  # PyTorch takes the whole first gradient, by which it knows no velocity
                group["dampening"] = self.optimizer.dampening if made else 0.0
        for state in self._torch.state.values():
            if "step" in state:
                state["step"].fill_(made)  # a state may have been loaded since the last step
        self._torch.step()


class MomentumUpdate(Update):
    """Momentum in the forms that PyTorch does not have: v ← momentum v + share g, share = lr or 1 − momentum.

    Must equal `SGD` with ``momentum_form`` "rate_inside" (w ← w − v) and "average" (w ← w − lr v).
    """

    def step(self, lr: float, made: int) -> None:
        """The rule, parameter by parameter."""
        torch, sgd = pytorch(), self.optimizer
        inside = sgd.momentum_form == "rate_inside"
        with torch.no_grad():
            for name, value in self.tensors.items():
                gradient, rate = value.grad, self.rate(lr, name)
                velocity = self.slots[name]["momentum_buffer"]
                if self.decay(name):
                    gradient = gradient.add(value, alpha=self.decay(name))
                velocity.mul_(sgd.momentum).add_(gradient, alpha=rate if inside else 1 - sgd.momentum)
                value.sub_(velocity, alpha=1 if inside else rate)


OPTIONS: Mapping[type[Optimizer], Callable[[Any], dict[str, Any]]] = {
    optim.SGD: lambda o: {"momentum": o.momentum, "dampening": o.dampening, "nesterov": o.nesterov},
    optim.Adam: lambda o: {"betas": o.betas, "eps": o.eps, "amsgrad": o.amsgrad},
    optim.AdamW: lambda o: {"betas": o.betas, "eps": o.eps, "amsgrad": o.amsgrad},
    optim.RMSprop: lambda o: {
        "alpha": o.alpha,
        "eps": o.eps,
        "momentum": o.momentum,
        "centered": o.centered,
    },
    optim.Adagrad: lambda o: {
        "lr_decay": o.lr_decay,
        "initial_accumulator_value": o.initial_accumulator_value,
        "eps": o.eps,
    },
}
"""What `torch.optim`'s class of the same name is told, beside learning rate and weight decay."""


def check_optimizer(optimizer: Optimizer) -> None:
    """Refuse what PyTorch has no optimizer for.

    Raises:
        ArgumentError: an optimizer of one's own.

    Example:
        >>> check_optimizer(optim.SGD(lr=0.1))
    """
    if type(optimizer) not in OPTIONS:
        raise ArgumentError(
            "the torch engine",
            expected=f"one of the optimizers {', '.join(kind.__name__ for kind in OPTIONS)}",
            got=repr(optimizer),
            hint="the reference engine takes optimizers of your own",
        )


def mirror_optimizer(
    optimizer: Optimizer, parameters: Mapping[str, Parameter], tensors: Tensors, state: OptimizerState
) -> Update:
    """An optimizer as PyTorch runs it.

    Arguments:
        optimizer: one that `check_optimizer` lets pass.
        parameters: the network's, at least one.
        tensors: the same as PyTorch's module holds them.
        state: what is remembered; PyTorch will write into its arrays.
    """
    torch = pytorch()
    biases = {name for name, parameter in parameters.items() if parameter.is_bias}
    slots = {
        name: {slot: torch.from_numpy(array) for slot, array in arrays.items()}
        for name, arrays in state.slots.items()
    }
    unknown = isinstance(optimizer, optim.SGD) and optimizer.momentum and optimizer.momentum_form != "torch"
    return (MomentumUpdate if unknown else TorchUpdate)(optimizer, biases, tensors, slots)


def clip_gradients(clip: Clipping, parameters: Iterable[Any]) -> None:
    """Clip the gradients of parameters in place, by PyTorch's own functions."""
    utils = pytorch().nn.utils
    if isinstance(clip, ClipGradNorm):
        utils.clip_grad_norm_(list(parameters), clip.max_norm, clip.norm_type)
    else:
        utils.clip_grad_value_(list(parameters), clip.clip_value)
