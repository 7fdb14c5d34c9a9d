"""A network's layers as PyTorch's modules, of which handgrad's have their names and arguments."""

from collections.abc import Callable, Mapping
from typing import Any

from handgrad import nn
from handgrad.engine.torch.library import pytorch
from handgrad.errors import ArgumentError
from handgrad.nn import Layer, Sequential

Make = Callable[[Any, Any], Any]
"""From `torch.nn` and a layer of handgrad's to a layer of PyTorch's."""


def _conv2d(torch_nn: Any, layer: nn.Conv2d) -> Any:
    return torch_nn.Conv2d(
        layer.in_channels,
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        layer.padding,
        groups=layer.groups,
        bias=layer.bias is not None,
    )


def _linear(torch_nn: Any, layer: nn.Linear) -> Any:
    return torch_nn.Linear(layer.in_features, layer.out_features, layer.bias is not None)


MIRRORS: Mapping[type[Layer], Make] = {
    nn.Conv2d: _conv2d,
    nn.Linear: _linear,
    nn.MaxPool2d: lambda t, layer: t.MaxPool2d(layer.kernel_size, layer.stride, layer.padding),
    nn.AvgPool2d: lambda t, layer: t.AvgPool2d(layer.kernel_size, layer.stride, layer.padding),
    nn.BatchNorm1d: lambda t, layer: t.BatchNorm1d(layer.num_features, layer.eps, layer.momentum),
    nn.BatchNorm2d: lambda t, layer: t.BatchNorm2d(layer.num_features, layer.eps, layer.momentum),
    nn.Dropout: lambda t, layer: t.Dropout(layer.p),
    nn.Flatten: lambda t, layer: t.Flatten(),
    nn.ReLU: lambda t, layer: t.ReLU(),
    nn.LeakyReLU: lambda t, layer: t.LeakyReLU(layer.negative_slope),
    nn.PReLU: lambda t, layer: t.PReLU(layer.num_parameters),
    nn.ELU: lambda t, layer: t.ELU(layer.alpha),
    nn.Sigmoid: lambda t, layer: t.Sigmoid(),
    nn.Tanh: lambda t, layer: t.Tanh(),
    nn.Softmax: lambda t, layer: t.Softmax(layer.dim),
    Sequential: lambda t, layer: t.Sequential(*(mirror_layer(t, inner) for inner in layer)),
}


def mirror_layer(torch_nn: Any, layer: Layer) -> Any:
    """PyTorch's layer with the same configuration.

    Arguments:
        torch_nn: the module ``torch.nn``.
        layer: whose class is one of `MIRRORS` (a subclass may compute something else).
    """
    return MIRRORS[type(layer)](torch_nn, layer)


def mirror_network(network: Sequential) -> Any:
    """A ``torch.nn.Sequential`` whose parameters and buffers are the network's own arrays, not copies.

    Arguments:
        network: with no size left open.

    Example:
        >>> net = Sequential([nn.Linear(3, 2)])
        >>> mirror_network(net)[0].bias.data_ptr() == net[0].bias.value.ctypes.data  # doctest: +SKIP
        True
    """
    torch = pytorch()
    with torch.device("meta"):  # modules without memory: nothing is drawn, and nobody's random numbers move
        module = mirror_layer(torch.nn, network)
    arrays = network.parameters() | network.buffers()
    tensors = {name: torch.from_numpy(item.value) for name, item in arrays.items()}
    module.load_state_dict(tensors, assign=True)  # strictly: both sides have the same names and shapes
    return module


def check_layers(network: Sequential) -> None:
    """Refuse what PyTorch has no layer for: a student's own.

    Raises:
        ArgumentError: there is one; says where, and what it is.

    Example:
        >>> check_layers(Sequential([nn.Linear(3, 2), nn.ReLU()]))
    """
    for position, layer in enumerate(network):
        if type(layer) not in MIRRORS:
            raise ArgumentError(
                network.describe(position),
                expected=f"a layer that PyTorch has too, one of {', '.join(k.__name__ for k in MIRRORS)}",
                got=f"the class {type(layer).__name__} of {type(layer).__module__}",
                hint="the reference engine runs layers of your own",
            )
        if isinstance(layer, Sequential):
            check_layers(layer)


def has_dropout(network: Sequential) -> bool:
    """Whether a layer draws random numbers, which PyTorch draws differently.

    Example:
        >>> has_dropout(Sequential([Sequential([nn.Dropout(0.5)])]))
        True
    """
    return any(
        has_dropout(layer) if isinstance(layer, Sequential) else isinstance(layer, nn.Dropout)
        for layer in network
    )
