"""The handout of project3: ``Project3.py``, whose MLP is left open and whose ConvNet is given."""

import numpy as np

from handgrad.courses.handouts.checks import Inputs
from handgrad.courses.handouts.handout import Handout


def inputs() -> Inputs:
    """What each open method is called with."""
    return {
        "Project3:MLP.__init__": [{"seed": 1}],
        "Project3:MLP.forward": [{"seed": 1}, {"seed": 2}],
        "Project3:MLP.update_grad": [
            {"seeds": np.array([3]), "digits": np.array([7])},
            {"seeds": np.array([4, 5]), "digits": np.array([0, 9])},
        ],
        "Project3:MLP.update_params": [{"learning_rate": 0.001}],
    }


HANDOUT = Handout(
    course="project3",
    title="Project 3: digits with an MLP and a CNN",
    files=("Project3.py",),
    drivers={"train_mlp.py": "100 epochs of section 2.4, then the test set"},
    inputs=inputs,
    notes=(
        "The Jacobians of section 2.3.1, written down first, are most of `update_grad`. `softmax`, "
        "`sigmoid`, `CrossEntropy`, `one_hot` and `ConvNet` are given; training ConvNet is part 2. "
        "Allowed are numpy, matplotlib and time, and torch for part 2."
    ),
    adapters={"Project3": "mlp"},
    packages=("matplotlib", "torch"),
)
