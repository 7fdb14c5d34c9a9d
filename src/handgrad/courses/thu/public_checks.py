"""How the public checks of thu call what the student wrote, and which results they look at."""

from typing import Any

import numpy as np


def conv2d_forward(modules: Any, input: Any, W: Any, b: Any, kernel_size: Any, pad: Any) -> Any:
    """The convolved maps."""
    return {"output": modules["functions"].conv2d_forward(input, W, b, kernel_size, pad)}


def conv2d_backward(
    modules: Any, input: Any, grad_output: Any, W: Any, b: Any, kernel_size: Any, pad: Any
) -> Any:
    """All three gradients."""
    found = modules["functions"].conv2d_backward(input, grad_output, W, b, kernel_size, pad)
    grad_input, grad_W, grad_b = (np.asarray(gradient) for gradient in found)
    return {"grad_input": grad_input, "grad_W": grad_W, "grad_b": grad_b}


def avgpool2d_forward(modules: Any, input: Any, kernel_size: Any, pad: Any) -> Any:
    """The pooled maps."""
    return {"output": modules["functions"].avgpool2d_forward(input, kernel_size, pad)}


def avgpool2d_backward(modules: Any, input: Any, grad_output: Any, kernel_size: Any, pad: Any) -> Any:
    """What arrives at the input."""
    return {"grad_input": modules["functions"].avgpool2d_backward(input, grad_output, kernel_size, pad)}


CALLS = {
    "functions:conv2d_forward": conv2d_forward,
    "functions:conv2d_backward": conv2d_backward,
    "functions:avgpool2d_forward": avgpool2d_forward,
    "functions:avgpool2d_backward": avgpool2d_backward,
}
