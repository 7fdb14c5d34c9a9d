"""hw5: ``nn_layers.py`` and the classifier of ``hw5.py``."""

from handgrad.checks.case import Case
from handgrad.checks.passes import hw5
from handgrad.checks.styles.interface import Interface, Layout, Style, square

COLUMN = Layout(
    lambda case, bias: bias.reshape(1, -1, 1, 1),  # (O,) -> (1, O, 1, 1)
    lambda case, bias: bias.reshape(-1),  # (1, O, 1, 1) -> (O,)
)


def _valid(case: Case) -> bool:
    return bool(case.stride == 1 and case.padding == 0)


def _pools(case: Case) -> bool:
    return square(case) and case.padding == 0


LAYERS = tuple(one.name for one in hw5.PASSES if one.module == hw5.LAYERS)

STYLE = Style(
    "hw5",
    (
        Interface(hw5.CONVOLUTION, {"bias": COLUMN}, _valid),
        Interface(hw5.POOLING, fits=_pools),
        Interface(hw5.ACTIVATION),
        Interface(hw5.LINEAR, fits=lambda case: "sequence" not in case.tags),
        Interface(hw5.SOFTMAX),
        Interface(hw5.LOSS),
        Interface(hw5.CLASSIFIER, rests_on=LAYERS),
    ),
)
