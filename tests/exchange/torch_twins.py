"""PyTorch models of the same layers."""

import torch

from handgrad.nn import Sequential, Softmax


def twin(network):
    """A `torch.nn.Sequential`: a layer's repr is PyTorch's call."""
    return torch.nn.Sequential(*map(layer_twin, network))


def layer_twin(layer):
    if isinstance(layer, Sequential):
        return twin(layer)
    if isinstance(layer, Softmax):
        return torch.nn.Softmax(layer.dim)  # PyTorch's own default is deprecated
    return eval(repr(layer), vars(torch.nn))


class Named(torch.nn.Module):
    """A network as people write it, with named attributes, not in the alphabet's order."""

    def __init__(self):
        super().__init__()
        nn = torch.nn
        self.conv1 = nn.Conv2d(1, 4, 3)
        self.bn1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 4, 3, bias=False)
        self.bn2 = nn.BatchNorm2d(4)
        self.fc1 = nn.Linear(16, 16)
        self.fc2 = nn.Linear(16, 16)
        self.fc10 = nn.Linear(16, 16)
        self.classifier = nn.Linear(16, 5)

    def forward(self, x):
        functional = torch.nn.functional
        x = functional.relu(self.bn1(self.conv1(x)))
        x = functional.max_pool2d(functional.relu(self.bn2(self.conv2(x))), 2)
        x = x.flatten(1)
        for hidden in (self.fc1, self.fc2, self.fc10):
            x = torch.tanh(hidden(x))
        return self.classifier(x)
