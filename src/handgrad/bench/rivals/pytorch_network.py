"""A handgrad network as plain PyTorch modules."""

from typing import Any

from handgrad.engine.torch.layers import check_layers, mirror_layer
from handgrad.nn import Sequential


def torch_module(network: Sequential) -> Any:
    """An ``nn.Sequential`` of the same layers with the same first values, in memory of PyTorch's own.

    Arguments:
        network: whose sizes are settled.

    Raises:
        ArgumentError: PyTorch has no such layer.
    """
    import torch

    check_layers(network)
    module = mirror_layer(torch.nn, network)
    module.load_state_dict({name: torch.tensor(array) for name, array in network.state_dict().items()})
    return module
