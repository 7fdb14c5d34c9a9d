"""Each course's update, transcribed from its own formula, is one setting of the library's optimizers."""

import numpy as np
import pytest

from handgrad.nn.parameter import Parameter
from handgrad.optim import SGD, Adagrad, Adam, InverseDecayLR, LambdaLR, RMSprop, StepLR
from tests.optim.optimizer_cases import STEPS, make_inputs

INPUTS = make_inputs()
GRADIENTS = list(zip(INPUTS["weight_gradients"], INPUTS["bias_gradients"], strict=True))


def train(optimizer, schedule=None, gradients=GRADIENTS):
    """Weight and bias after 20 steps of the library's optimizer."""
    parameters = {"w": Parameter(INPUTS["weight"]), "b": Parameter(INPUTS["bias"], is_bias=True)}
    state = optimizer.init(parameters)
    for step, (dw, db) in enumerate(gradients):
        rate = schedule(step, optimizer.lr, STEPS) if schedule else None
        optimizer.step(parameters, {"w": dw, "b": db}, state, lr=rate)
    return parameters["w"].value, parameters["b"].value


def assert_same(found, expected):
    for own, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(own, theirs, rtol=1e-11, atol=1e-13)


def start():
    return INPUTS["weight"].copy(), INPUTS["bias"].copy()


def test_hw5_averages_the_gradient():
    """v = a v + (1 − a) g from v = 0; update_weights adds −lr v."""
    friction, lr = 0.9, 1.8
    w, b = start()
    v_w, v_b = np.zeros_like(w), np.zeros_like(b)
    for dw, db in GRADIENTS:
        v_w = friction * v_w + (1 - friction) * dw
        v_b = friction * v_b + (1 - friction) * db
        w, b = w + -lr * v_w, b + -lr * v_b
    assert_same(train(SGD(lr=1.8, momentum=0.9, momentum_form="average")), (w, b))


def test_project3_applies_its_rate_to_the_sum_over_256_examples():
    batch, lr = 256, 0.001
    w, b = start()
    for mean_dw, mean_db in GRADIENTS:
        w, b = w - lr * (batch * mean_dw), b - lr * (batch * mean_db)
    assert_same(train(SGD(lr=0.256)), (w, b))


def test_project3_convnet_is_the_tutorials_sgd():
    w, b = start()
    v_w, v_b = np.zeros_like(w), np.zeros_like(b)
    for dw, db in GRADIENTS:
        v_w, v_b = 0.9 * v_w + dw, 0.9 * v_b + db
        w, b = w - 0.001 * v_w, b - 0.001 * v_b
    assert_same(train(SGD(0.001, 0.9)), (w, b))


def test_cmu10601_has_the_rate_inside_and_spares_the_biases():
    """theta = mu theta + rate (grad + decay w), for biases twice the rate and no decay; w = w − theta."""
    mu, epsilon, gamma, power, decay = 0.9, 0.01, 0.3, 0.75, 0.5  # larger than the course's, to be seen
    w, b = start()
    theta_w, theta_b = np.zeros_like(w), np.zeros_like(b)
    for step, (dw, db) in enumerate(GRADIENTS):
        w_rate = epsilon / (1 + gamma * step) ** power
        b_rate = 2 * w_rate
        theta_w = mu * theta_w + w_rate * (dw + decay * w)
        theta_b = mu * theta_b + b_rate * db
        w, b = w - theta_w, b - theta_b
    optimizer = SGD(
        lr=epsilon,
        momentum=mu,
        weight_decay=decay,
        momentum_form="rate_inside",
        decay_bias=False,
        bias_lr_multiplier=2.0,
    )
    assert_same(train(optimizer, InverseDecayLR(gamma, power)), (w, b))


def test_thu_decays_weights_and_biases_alike():
    """diff = momentum diff + (grad + weight_decay param); param −= learning_rate diff."""
    learning_rate, weight_decay, momentum = 0.01, 0.5, 0.9
    w, b = start()
    diff_w, diff_b = np.zeros_like(w), np.zeros_like(b)
    for dw, db in GRADIENTS:
        diff_w = momentum * diff_w + (dw + weight_decay * w)
        diff_b = momentum * diff_b + (db + weight_decay * b)
        w, b = w - learning_rate * diff_w, b - learning_rate * diff_b
    assert_same(train(SGD(lr=0.01, momentum=0.9, weight_decay=0.5)), (w, b))


def test_cs5242_adam_with_its_penalty_on_weights_and_its_halving():
    """L2(w) adds w × weights to their gradients and nothing to the biases'; the rate halves at times."""
    l2, beta_1, beta_2, epsilon, lr = 0.5, 0.9, 0.999, 1e-8, 0.1
    values, m, v = list(start()), [0.0, 0.0], [0.0, 0.0]
    for iteration, gradients in enumerate(GRADIENTS):
        if iteration and iteration % 6 == 0:
            lr *= 0.5
        for i, gradient in enumerate(gradients):
            g = gradient + (l2 * values[i] if i == 0 else 0)
            m[i] = beta_1 * m[i] + (1 - beta_1) * g
            v[i] = beta_2 * v[i] + (1 - beta_2) * g**2
            m_hat, v_hat = m[i] / (1 - beta_1 ** (iteration + 1)), v[i] / (1 - beta_2 ** (iteration + 1))
            values[i] = values[i] - lr * m_hat / (np.sqrt(v_hat) + epsilon)
    assert_same(train(Adam(lr=0.1, weight_decay=0.5, decay_bias=False), StepLR(6, gamma=0.5)), values)


def test_cs5242_sgd_whose_decay_changes_the_rate_for_good():
    """lr *= 1 / (1 + decay iteration) before each update; m = momentum m + g; w −= lr m."""
    lr, momentum, decay = 0.1, 0.9, 0.01
    w, b = start()
    m_w, m_b = np.zeros_like(w), np.zeros_like(b)
    for iteration, (dw, db) in enumerate(GRADIENTS):
        lr *= 1 / (1 + decay * iteration)
        m_w, m_b = momentum * m_w + dw, momentum * m_b + db
        w, b = w - lr * m_w, b - lr * m_b
    shrink = LambdaLR(lambda step: float(np.prod([1 / (1 + decay * i) for i in range(step + 1)])))
    assert_same(train(SGD(lr=0.1, momentum=0.9), shrink), (w, b))


@pytest.mark.parametrize("kind", ["rmsprop", "adagrad"])
def test_cs5242_rmsprop_and_adagrad_as_in_its_notes(kind):
    """cache = 0.99 cache + 0.01 g² (or cache + g²); w −= lr g / (√cache + eps)."""
    values, cache = list(start()), [0.0, 0.0]
    for gradients in GRADIENTS:
        for i, g in enumerate(gradients):
            cache[i] = 0.99 * cache[i] + 0.01 * g**2 if kind == "rmsprop" else cache[i] + g**2
            values[i] = values[i] - 0.01 * g / (np.sqrt(cache[i]) + 1e-8)
    optimizer = RMSprop(lr=0.01, alpha=0.99, eps=1e-8) if kind == "rmsprop" else Adagrad(lr=0.01, eps=1e-8)
    assert_same(train(optimizer), values)
