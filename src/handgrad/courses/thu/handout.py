"""The handout of thu: the four functions of ``functions.py`` are open, all else is given."""

from handgrad.courses.handouts.checks import Inputs
from handgrad.courses.handouts.handout import Handout
from handgrad.courses.handouts.numbers import normal


def inputs() -> Inputs:
    """What each open function is called with: without padding, and with it."""
    convolutions = [
        {
            "input": normal(1, 2, 2, 4, 5),
            "W": normal(2, 3, 2, 3, 3),
            "b": normal(3, 3),
            "kernel_size": 3,
            "pad": 0,
        },
        {
            "input": normal(4, 1, 1, 4, 4),
            "W": normal(5, 2, 1, 3, 3),
            "b": normal(6, 2),
            "kernel_size": 3,
            "pad": 1,
        },
    ]
    convolved = [normal(7, 2, 3, 2, 3), normal(8, 1, 2, 4, 4)]
    poolings = [
        {"input": normal(9, 2, 2, 4, 4), "kernel_size": 2, "pad": 0},
        {"input": normal(10, 1, 1, 4, 4), "kernel_size": 3, "pad": 1},
    ]
    pooled = [normal(11, 2, 2, 2, 2), normal(12, 1, 1, 2, 2)]
    return {
        "functions:conv2d_forward": convolutions,
        "functions:conv2d_backward": [
            {**given, "grad_output": grad} for given, grad in zip(convolutions, convolved, strict=True)
        ],
        "functions:avgpool2d_forward": poolings,
        "functions:avgpool2d_backward": [
            {**given, "grad_output": grad} for given, grad in zip(poolings, pooled, strict=True)
        ],
    }


HANDOUT = Handout(
    course="thu",
    title="MNIST digits classification with CNN",
    files=("functions.py",),
    drivers={"run_cnn.py": "experiment 1, 100 epochs"},
    inputs=inputs,
    notes=(
        "The layers and losses of homework 1 are given, and so are `Conv2D` and `AvgPool2D`, which call your "
        "functions. The loss has taken the mean over the batch already: your gradients are sums."
    ),
)
