"""Steps of an optimizer: the rules of five courses as one formula with switches, and cases."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from handgrad._typing import AnyArray, Array
from handgrad.checks.case import Case, generator, spread_out
from handgrad.checks.operations.operation import Arrays, Operation

Gradients = Callable[[int, Mapping[str, Array]], Mapping[str, Array]]
"""From the step and the parameters to their gradients."""


def simulate(
    first: Mapping[str, Array],
    gradients: Gradients,
    rates: Iterable[float],
    *,
    momentum: float = 0.0,
    decay: float = 0.0,
    decay_bias: bool = True,
    inside: bool = False,
    damped: bool = False,
    bias_rate: float = 1.0,
    momentum_sign: float = 1.0,
    step_sign: float = 1.0,
    decay_sign: float = 1.0,
    twice: bool = False,
    looped: bool = False,
) -> dict[str, Array]:
    """Parameters after each step of v = μ v + g + λ p and p = p − α v, or a twisted form of it.

    Arguments:
        first: parameters at the start; those whose name begins with "b" are biases.
        gradients: at each step.
        rates: α of each step.
        momentum, decay: μ, λ.
        decay_bias: whether biases decay too.
        inside: α stands in the velocity, v = μ v + α (g + λ p) and p = p − v.
        damped: v = μ v + (1 − μ) g.
        bias_rate: how many times α biases learn with.
        momentum_sign, step_sign, decay_sign: −1 for a sign that is wrong.
        twice: α both inside and outside.
        looped: v = α (μ v + g) and p = p − v: the rate inside the memory.

    Returns:
        by name, (steps, ...).
    """
    values = {name: value.astype(np.float64) for name, value in first.items()}
    velocity = {name: np.zeros_like(value) for name, value in values.items()}
    path: dict[str, list[Array]] = {name: [] for name in values}
    for step, rate in enumerate(rates):
        found = gradients(step, values)
        new = {}
        for name, value in values.items():
            bias = name.startswith("b")
            own = rate * (bias_rate if bias else 1.0)
            decays = decay_sign * decay if decay_bias or not bias else 0.0
            push = (1 - momentum if damped else 1.0) * (found[name] + decays * value)
            memory = momentum_sign * momentum * velocity[name]
            if looped:
                velocity[name] = own * (memory + push)
            else:
                velocity[name] = memory + (own * push if inside or twice else push)
            outside = 1.0 if looped or (inside and not twice) else own
            new[name] = value - step_sign * outside * velocity[name]
            path[name].append(new[name])
        values = new
    return {name: np.stack(steps) for name, steps in path.items()}


def rule_of(case: Case) -> dict[str, Any]:
    """The case's rule, as `simulate` takes it."""
    names = ("momentum", "decay", "decay_bias", "inside", "damped", "bias_rate")
    return {name: case.settings[name] for name in names if name in case.settings}


def steps_of(case: Case, **twist: Any) -> Arrays:
    """Parameters after each of the case's steps, by its rule or a twisted one."""
    given = {"weight": case.weight_grads, "bias": case.bias_grads}
    first = {"weight": case.weight, "bias": case.bias}

    def gradients(step: int, values: Mapping[str, Array]) -> Mapping[str, Array]:
        return {name: array[step] for name, array in given.items()}

    found = simulate(first, gradients, case.rates, **{**rule_of(case), **twist})
    return dict(found)


def update_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """The course's rule."""
    return steps_of(case)


def update_cases(**rule: Any) -> Iterable[Case]:
    """One step, three steps, momentum, decay, a rate that changes.

    Arguments:
        rule: the course's form, as `simulate` takes it.
    """
    for title, rates, momentum, decay in (
        ("one step, no momentum", (0.1,), 0.0, 0.0),
        ("one step", (0.1,), 0.9, 0.0),
        ("three steps", (0.1, 0.1, 0.1), 0.9, 0.0),
        ("a rate that falls", (0.4, 0.2, 0.1), 0.9, 0.0),
        ("weight decay", (0.1, 0.1), 0.0, 0.5),
        ("momentum and weight decay", (0.1, 0.1, 0.1), 0.9, 0.1),
    ):
        rng = generator("update", title)
        arrays = {
            "weight": spread_out(rng, 2, 3),
            "bias": spread_out(rng, 3),
            "weight_grads": spread_out(rng, len(rates), 2, 3),
            "bias_grads": spread_out(rng, len(rates), 3),
        }
        settings = {**rule, "rates": rates, "momentum": momentum, "decay": decay}
        yield Case(title, settings, arrays)


def adaptive(name: str) -> Callable[[Case, Mapping[str, AnyArray]], Arrays]:
    """Adam, RMSprop or Adagrad by its textbook formula."""

    def right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
        found: dict[str, AnyArray] = {}
        for key in ("weight", "bias"):
            value, grads = case.arrays[key], case.arrays[f"{key}_grads"]
            first, second, path = np.zeros_like(value), np.zeros_like(value), []
            for step, (rate, grad) in enumerate(zip(case.rates, grads, strict=True), start=1):
                if name == "adam":
                    first, second = 0.9 * first + 0.1 * grad, 0.999 * second + 0.001 * grad**2
                    push = (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
                else:
                    second = second + grad**2 if name == "adagrad" else 0.9 * second + 0.1 * grad**2
                    push = grad / (np.sqrt(second) + 1e-8)
                value = value - rate * push
                path.append(value)
            found[key] = np.stack(path)
        return found

    return right


def plain_cases() -> Iterable[Case]:
    """Steps without momentum and decay of their own."""
    return [case for case in update_cases() if not case.momentum and not case.decay] + [
        case for case in update_cases() if case.title == "a rate that falls"
    ]


def rate_cases() -> Iterable[Case]:
    """cmu10601's falling rate."""
    for step in (0, 1, 100, 10_000):
        settings = {"step": step, "epsilon": 0.01, "gamma": 0.0001, "power": 0.75}
        yield Case(f"step {step}", settings, {"x": np.zeros(0)})


def rate_right(case: Case, got: Mapping[str, AnyArray]) -> Arrays:
    """ε / (1 + γ t)^p."""
    return {"forward": np.asarray(case.epsilon / (1 + case.gamma * case.step) ** case.power)}


OPERATIONS = (
    Operation("update", update_right, update_cases, {}, page="index"),
    *(
        Operation(name, adaptive(name), plain_cases, {}, page="index")
        for name in ("adam", "rmsprop", "adagrad")
    ),
    Operation("learning_rate", rate_right, rate_cases, {}, page="index"),
)
