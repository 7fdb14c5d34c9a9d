"""Whole random networks: the compiled engine computes what the reference does, for five steps of training.

How near is near enough: see `agreement`.
"""

from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings

from tests.engine.compiled.agreement import WIDE, trio
from tests.engine.compiled.networks import OF_CLASSES, Drawn, near_a_kink, networks

STEPS = 5
EXAMPLES = 60
compared_to_the_end: list[bool] = []


def check(drawn: Drawn) -> bool:
    """Outputs, loss, gradients, and everything that is remembered; whether all five steps were compared.

    Of a step whose gradients hang on rounding (see `near_a_kink`) only the loss is compared, which does not
    jump, and no more steps follow.
    """
    rng = np.random.default_rng(drawn.seed)
    runs = trio(drawn.layers, drawn.shape, margin=WIDE, **drawn.options)
    x = rng.normal(size=(drawn.images, *drawn.shape)).astype(np.float32)
    targets: Any = rng.normal(size=runs.double.predict(x).shape).astype(np.float32)
    if isinstance(drawn.options["loss"], OF_CLASSES) or (drawn.classes and rng.integers(2)):
        targets = rng.integers(0, drawn.classes, drawn.images)
    runs.predictions_agree(x)
    runs.predictions_agree(x[:1], "predict one image")
    for step in range(STEPS):
        if near_a_kink(runs.single.network, runs.double.network, x, runs.double.seed, step):
            runs.steps_agree(x, targets, f"step {step}")
            return False
        runs.gradients_agree(x, targets)
        runs.steps_agree(x, targets, f"step {step}")
        runs.states_agree(f"after step {step}:")
        x = x[::-1].copy()  # another batch of the same size
    runs.predictions_agree(x, "predict after training")
    assert runs.compiled.fallbacks == []
    return True


@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
@given(networks())
def test_random_networks(drawn: Drawn):
    compared_to_the_end.append(check(drawn))


def test_most_of_them_were_compared_to_the_end():
    """Otherwise the test above would prove little."""
    assert sum(compared_to_the_end) > 0.7 * len(compared_to_the_end)
