"""How the public checks of project3 call what the student wrote, and which results they look at."""

from typing import Any

import numpy as np

NAMES = ("W1", "b1", "W2", "b2")


def image(seed: Any) -> Any:
    """An image (784,), pixels from 0 to 1."""
    return np.abs(np.sin(np.arange(784) * 0.37 + seed))


def network(modules: Any) -> Any:
    """An MLP whose weights and biases are small waves."""
    net = modules["Project3"].MLP()
    for number, (name, shape) in enumerate(
        (("W1", (64, 784)), ("b1", (64,)), ("W2", (10, 64)), ("b2", (10,)))
    ):
        size = int(np.prod(shape))
        setattr(net, name, 0.1 * np.sin(np.arange(size) * (number + 1.7)).reshape(shape))
    net.reset_grad()
    return net


def first_values(modules: Any, seed: Any) -> Any:
    """What is random is looked at from afar: a new MLP's deviations, and its biases."""
    np.random.seed(seed)
    net = modules["Project3"].MLP()
    return {
        "the standard deviation of W1": np.round(np.std(net.W1), 2),
        "the standard deviation of W2": np.round(np.std(net.W2), 1),
        "b1": net.b1,
        "b2": net.b2,
    }


def forward(modules: Any, seed: Any) -> Any:
    """The probabilities of an image."""
    return {"y_hat": network(modules).forward(image(seed))}


def trained(modules: Any, seeds: Any, digits: Any) -> Any:
    """A network with the gradients of a few images, one after the other."""
    net = network(modules)
    for position, seed in enumerate(seeds):
        net.forward(image(seed))
        net.update_grad(np.eye(10)[digits[position]])
    return net


def update_grad(modules: Any, seeds: Any, digits: Any) -> Any:
    """Some of the sums of gradients."""
    net = trained(modules, seeds, digits)
    return {
        "W2_grad[:, :4]": np.broadcast_to(net.W2_grad, (10, 64))[:, :4],
        "b2_grad": np.broadcast_to(np.ravel(net.b2_grad), (10,)),
        "W1_grad[:4, ::150]": np.broadcast_to(net.W1_grad, (64, 784))[:4, ::150],
        "b1_grad": np.broadcast_to(np.ravel(net.b1_grad), (64,)),
    }


def update_params(modules: Any, learning_rate: Any) -> Any:
    """What a step changes, for gradients that are known."""
    net = network(modules)
    before = {name: np.array(getattr(net, name)) for name in NAMES}
    for name in NAMES:
        setattr(net, name + "_grad", np.cos(before[name] * 40))
    net.update_params(learning_rate)
    changes = {name: getattr(net, name) - before[name] for name in NAMES}
    return {
        "change of W1[:4, ::150]": changes["W1"][:4, ::150],
        "change of b1": changes["b1"],
        "change of W2[:, :4]": changes["W2"][:, :4],
        "change of b2": changes["b2"],
    }


CALLS = {
    "Project3:MLP.__init__": first_values,
    "Project3:MLP.forward": forward,
    "Project3:MLP.update_grad": update_grad,
    "Project3:MLP.update_params": update_params,
}
