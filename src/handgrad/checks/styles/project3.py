"""project3: the class ``MLP`` and the helper functions of ``Project3``."""

import numpy as np

from handgrad.checks.passes import project3
from handgrad.checks.styles.interface import Interface, Layout, Style

ONE_HOT = Layout(
    lambda case, targets: np.eye(10 if "W1" in case.arrays else case.x.shape[1])[targets],  # (N,) -> (N, K)
    lambda case, targets: targets.argmax(axis=1),
)

STYLE = Style(
    "project3",
    (
        Interface(project3.NETWORK, {"targets": ONE_HOT}, rests_on=("softmax", "sigmoid")),
        Interface(project3.FIRST),
        Interface(project3.SOFTMAX),
        Interface(project3.SIGMOID),
        Interface(project3.LOSS, {"targets": ONE_HOT}),
    ),
)
