"""The convolutional network of Project 3's second part, a `torch.nn.Module`, made when it is asked for."""

from functools import cache
from typing import Any

from handgrad.engine.torch.library import pytorch
from handgrad.errors import ArgumentError
from handgrad.nn import Sequential

NAMES = ("conv1", "conv2", "fc1", "fc2", "fc3")
"""Of the layers of `ConvNet` that have weights, in order."""


@cache
def convnet_class() -> Any:
    """The class ``ConvNet``.

    Raises:
        ArgumentError: there is no PyTorch; says how to get it.

    Example:
        >>> convnet_class()().fc1  # doctest: +SKIP
        Linear(in_features=256, out_features=120, bias=True)
    """
    try:
        torch = pytorch()
    except ArgumentError as error:
        raise ArgumentError(
            "Project3.ConvNet",
            expected="PyTorch, of which it is a module",
            got=error.got,
            hint=f"{error.hint}; or train the same network without PyTorch: handgrad train convnet",
        ) from None

    class ConvNet(torch.nn.Module):  # type: ignore[misc,name-defined]  # PyTorch need not be here
        """Two convolutions with pooling, three fully connected layers.

        Shapes: x (N, 1, 28, 28), or anything that can be viewed so, such as (N, 784); scores (N, 10).
        """

        def __init__(self) -> None:
            super().__init__()
            self.conv1 = torch.nn.Conv2d(1, 6, 5)
            self.pool = torch.nn.MaxPool2d(2, 2)
            self.conv2 = torch.nn.Conv2d(6, 16, 5)
            self.fc1 = torch.nn.Linear(256, 120)
            self.fc2 = torch.nn.Linear(120, 84)
            self.fc3 = torch.nn.Linear(84, 10)

        def forward(self, x: Any) -> Any:
            """Scores, before any softmax."""
            x = x.reshape(-1, 1, 28, 28)  # (N, 784) -> (N, 1, 28, 28)
            x = self.pool(torch.relu(self.conv1(x)))  # -> (N, 6, 12, 12)
            x = self.pool(torch.relu(self.conv2(x)))  # -> (N, 16, 4, 4)
            x = x.flatten(start_dim=1)  # -> (N, 256)
            x = torch.relu(self.fc1(x))
            x = torch.relu(self.fc2(x))
            return self.fc3(x)

    ConvNet.__qualname__ = "ConvNet"  # where pickle looks for it: see __getattr__
    return ConvNet


def convnet_of(network: Sequential) -> Any:
    """A ``ConvNet`` with copies of the weights of a network of the recipe ``convnet``.

    Arguments:
        network: with that recipe's layers; dropout between them makes no difference.

    Raises:
        ArgumentError: there is no PyTorch.

    Example:
        >>> from handgrad.recipes import build_network, find_recipe
        >>> convnet_of(build_network(find_recipe("convnet"))).fc3.bias.shape  # doctest: +SKIP
        torch.Size([10])
    """
    torch, module = pytorch(), convnet_class()()
    kinds = [f"{name}.{kind}" for name in NAMES for kind in ("weight", "bias")]
    values = network.state_dict().values()  # layer by layer, the weight before the bias
    tensors = {kind: torch.from_numpy(value) for kind, value in zip(kinds, values, strict=True)}
    module.load_state_dict(tensors)
    return module


def __getattr__(name: str) -> Any:
    if name == "ConvNet":
        return convnet_class()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
