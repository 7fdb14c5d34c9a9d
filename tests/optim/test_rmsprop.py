import numpy as np
import pytest

from handgrad.nn.parameter import Parameter
from handgrad.optim import RMSprop


@pytest.mark.parametrize("centered", [False, True])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_only_the_slots_that_are_used_exist(centered, momentum):
    slots = RMSprop(centered=centered, momentum=momentum).init({"w": Parameter(np.ones(2))}).slots["w"]
    assert ("grad_avg" in slots, "momentum_buffer" in slots) == (centered, momentum > 0)


def test_a_steady_gradient_has_no_negative_variance():
    """In float32 the mean square falls below the squared mean by rounding; its root must not be NaN."""
    gradient = np.linspace(0.1, 3.0, 500, dtype=np.float32)
    optimizer = RMSprop(lr=1e-12, alpha=0.5, centered=True)
    parameters = {"w": Parameter(np.zeros(500, np.float32))}
    state = optimizer.init(parameters)
    for _ in range(60):
        optimizer.step(parameters, {"w": gradient}, state)
    slots = state.slots["w"]
    assert (slots["square_avg"] < np.square(slots["grad_avg"])).any()  # the case does arise
    assert np.isfinite(parameters["w"].value).all()
