"""thu: ``functions``, ``layers`` and ``loss``."""

import numpy as np

from handgrad.checks.case import Case
from handgrad.checks.operations.updates import update_cases
from handgrad.checks.passes import thu
from handgrad.checks.styles.cs5242 import IN_OUT, PARAMETERS
from handgrad.checks.styles.interface import Interface, Layout, Style, rows_only, square

ONE_HOT = Layout(
    lambda case, targets: np.eye(case.x.shape[1])[targets],  # (N,) -> (N, K)
    lambda case, targets: targets.argmax(axis=1),
)


def _convolves(case: Case) -> bool:
    return square(case) and case.stride == 1


def _pools(case: Case) -> bool:
    return square(case) and case.stride == case.kernel_size[0]


STYLE = Style(
    "thu",
    (
        Interface(thu.CONVOLVE, fits=_convolves),
        Interface(thu.AVERAGE, fits=_pools),
        Interface(thu.RELU),
        Interface(thu.SIGMOID),
        Interface(thu.LINEAR, {"weight": IN_OUT}, rows_only),
        Interface(thu.CONVOLUTION, fits=_convolves, rests_on=("conv2d_forward",)),
        Interface(thu.POOLING, fits=_pools, rests_on=("avgpool2d_forward",)),
        Interface(thu.RESHAPE),
        Interface(thu.LINEAR_UPDATE, cases=update_cases, may_change=PARAMETERS),
        Interface(thu.CONVOLUTION_UPDATE, cases=update_cases, may_change=PARAMETERS),
        Interface(thu.EUCLIDEAN),
        Interface(thu.SOFTMAX, {"targets": ONE_HOT}),
    ),
)
