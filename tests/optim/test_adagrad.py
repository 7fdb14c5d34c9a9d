import numpy as np

from handgrad.nn.parameter import Parameter
from handgrad.optim import Adagrad


def test_the_accumulator_starts_where_it_is_told():
    optimizer, parameters = Adagrad(initial_accumulator_value=0.5), {"w": Parameter(np.zeros(2))}
    state = optimizer.init(parameters)
    np.testing.assert_array_equal(state.slots["w"]["sum"], [0.5, 0.5])
    optimizer.step(parameters, {"w": np.array([2.0, 0.0])}, state)
    np.testing.assert_array_equal(state.slots["w"]["sum"], [4.5, 0.5])


def test_lr_decay_counts_from_the_second_step():
    optimizer, parameters = Adagrad(lr=1.0, lr_decay=1.0), {"w": Parameter(np.zeros(1))}
    state, moves, before = optimizer.init(parameters), [], 0.0
    for gradient in (3.0, 4.0):
        optimizer.step(parameters, {"w": np.array([gradient])}, state)
        moves.append(before - parameters["w"].value[0])
        before = parameters["w"].value[0]
    np.testing.assert_allclose(moves, [1.0, 4 / 5 / 2], rtol=1e-9)
