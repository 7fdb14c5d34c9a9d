"""What is wrong with one student-style file: the set of what differs from the definition."""

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from tests.checks import references as ref
from tests.checks import students as s
from tests.checks import students_of_cmu as cmu
from tests.checks.references import Array, Arrays
from tests.checks.students import Trial

TRIALS: dict[tuple[str, str], Callable[[ModuleType], Iterator[Trial]]] = {
    ("hw5", "nn_convolutional_layer"): s.hw5_conv,
    ("hw5", "nn_fc_layer"): s.hw5_fc,
    ("hw5", "nn_max_pooling_layer"): s.hw5_pool,
    ("hw5", "nn_softmax_layer"): s.hw5_softmax,
    ("hw5", "nn_activation_layer"): s.hw5_relu,
    ("hw5", "nn_cross_entropy_layer"): s.hw5_loss,
    ("cs5242", "Convolution"): s.cs_conv,
    ("cs5242", "FCLayer"): s.cs_fc,
    ("cs5242", "Pooling"): s.cs_pool,
    ("cs5242", "ReLU"): s.cs_relu,
    ("cs5242", "Flatten"): s.cs_flatten,
    ("cs5242", "SoftmaxCrossEntropy"): s.cs_loss,
    ("cs5242", "L2"): s.cs_l2,
    ("thu", "Sigmoid"): s.thu_sigmoid,
    ("thu", "conv2d_backward"): s.thu_conv,
    ("thu", "conv2d_forward"): s.thu_conv,
    ("thu", "avgpool2d_backward"): s.thu_avgpool,
    ("cmu10601", "pooling_layer_forward"): cmu.cmu_pool,
    ("cmu10601", "pooling_layer_backward"): cmu.cmu_pool,
    ("cmu10601", "relu_forward"): partial(cmu.activation, name="relu"),
    ("cmu10601", "relu_backward"): partial(cmu.activation, name="relu"),
    ("cmu10601", "elu_backward"): partial(cmu.activation, name="elu"),
    ("cmu10601", "inner_product_forward"): cmu.cmu_ip,
    ("cmu10601", "inner_product_backward"): cmu.cmu_ip,
    ("plain", "BatchNorm"): partial(s.batch_norm, name="BatchNorm", size=(5, 3)),
    ("plain", "BatchNorm2d"): partial(s.batch_norm, name="BatchNorm2d", size=(2, 3, 2, 2)),
}


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"student_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def judge(path: Path, course: str, name: str) -> set[str]:
    """Everything in which the file differs from right; empty where it is right."""
    module, found = load(path), set()
    with np.errstate(all="ignore"):
        if (course, name) in TRIALS:
            for trial in TRIALS[course, name](module):
                found |= judge_trial(trial)
        if name in SPECIAL:
            found |= SPECIAL[name](module)
    return found


def judge_trial(trial: Trial) -> set[str]:
    arrays, before = trial.arrays, {name: array.copy(order="K") for name, array in trial.arrays.items()}
    want = {"forward": trial.reference(before), **ref.gradients(trial.reference, before)}
    first, found = both(trial, arrays)
    found |= ref.same_all(first, {name: want[name] for name in first})
    if any(ref.same_all(arrays, before)):
        found.add("input-modified")
    copies = {name: np.copy(value) for name, value in first.items()}
    again = both(trial, {name: array.copy(order="K") for name, array in before.items()})[0]
    if ref.same_all(again, copies):
        found.add("second call")
    both(trial, {name: a / 2 if a.dtype.kind == "f" else a for name, a in before.items()})
    if ref.same_all(first, copies):
        found.add("earlier result changed")
    return found


def both(trial: Trial, arrays: Arrays) -> tuple[dict[str, Any], set[str]]:
    """The results of both directions, and the direction that raised an error."""
    results: dict[str, Any] = {}
    raised = set()
    try:
        results["forward"] = trial.forward(arrays)
    except Exception:  # noqa: BLE001
        raised.add("forward raises")
    try:
        results.update(trial.backward(arrays))
    except Exception:  # noqa: BLE001
        raised.add("backward raises")
    return results, raised


def tied(pooled_back: Callable[[Array, Array], Array]) -> set[str]:
    """Whether of a window's equal maxima one alone takes the gradient, all of it."""
    x, dy = np.ones((1, 2, 4, 4)), s.normal(1, 2, 2, 2)
    shares = pooled_back(x, dy).reshape(1, 2, 2, 2, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(8, 4)
    one = (shares != 0).sum(axis=1) == 1
    return set() if one.all() and np.allclose(shares.sum(axis=1), dy.ravel()) else {"ties"}


def hw5_ties(module: ModuleType) -> set[str]:
    return tied(module.nn_max_pooling_layer(stride=2, pool_size=2).backprop)


def cs_ties(module: ModuleType) -> set[str]:
    settings = {"pool_type": "max", "pool_height": 2, "pool_width": 2, "stride": 2, "pad": 0}
    layer = module.Pooling(settings)
    return tied(lambda x, dy: layer.backward(dy, x))


def cmu_ties(module: ModuleType) -> set[str]:
    layer = {"type": "POOLING", "k": 2, "stride": 2, "pad": 0}

    def back(x: Array, dy: Array) -> Array:
        columns = [m.transpose(0, 2, 3, 1).reshape(1, -1).T for m in (x, dy)]
        above = cmu.feature_map(columns[1], (2, 2, 2), "diff")
        got = module.pooling_layer_backward(above, cmu.feature_map(columns[0], (4, 4, 2)), layer)
        return got.T.reshape(1, 4, 4, 2).transpose(0, 3, 1, 2)

    return tied(back)


def large_logits(module: ModuleType) -> set[str]:
    large = np.array([[1000.0, 999.0, 998.0]])
    if hasattr(module, "nn_softmax_layer"):
        good = np.isfinite(module.nn_softmax_layer().forward(large.copy())).all()
        return set() if good else {"large logits"}
    loss, found = module.SoftmaxCrossEntropy(3), set()
    if not np.isfinite(loss.forward(large, np.array([1]))[0]):
        found.add("large logits")
    if not np.isfinite(loss.forward(np.array([[0.0, -800.0, 0.0]]), np.array([1]))[0]):
        found.add("probability 0")
    return found


def no_chance(module: ModuleType) -> set[str]:
    loss = module.nn_cross_entropy_layer().forward(np.array([[1.0, 0.0]]), np.array([1]))
    return set() if np.isfinite(loss) else {"probability 0"}


def dropout(module: ModuleType) -> set[str]:
    found, x, dy = set(), np.ones((40, 50)), s.normal(40, 50)
    layer = module.Dropout(0.3, seed=7)
    layer.set_mode(True)
    y = layer.forward(x)
    mask = y != 0
    if not (np.allclose(y[mask], 1 / 0.7) and 0.25 < 1 - mask.mean() < 0.35):
        found.add("forward")
    dx = layer.backward(dy, x)
    if not np.array_equal(dx != 0, mask):
        found.add("another mask")
    elif not np.allclose(dx, dy * mask / 0.7):
        found.add("dx")
    if not np.array_equal(layer.forward(x), y):
        found.add("second call")
    layer.set_mode(False)
    if not np.array_equal(layer.forward(x), x):
        found.add("forward in evaluation")
    if not np.array_equal(layer.backward(dy, x), dy):
        found.add("dx in evaluation")
    return found


def cs_sgd(module: ModuleType) -> set[str]:
    """Three updates beside m = μm + g, w = w − α m, the rate halved on the way."""
    rule = module.SGD(lr=0.2, momentum=0.9, sheduler_func=lambda lr, step: lr / 2 if step == 2 else lr)
    params: Mapping[str, Array] = {"layer-0th:fc/weights": s.normal(3, 2), "layer-0th:fc/bias": s.normal(2)}
    moments, found = dict.fromkeys(params, 0.0), set()
    for step, rate in enumerate((0.2, 0.2, 0.1)):
        grads = {name: s.normal(*value.shape) for name, value in params.items()}
        kept = {name: value.copy() for name, value in {**params, "g": grads["layer-0th:fc/bias"]}.items()}
        moments = {name: 0.9 * moments[name] + grads[name] for name in params}
        want = {name: kept[name] - rate * moments[name] for name in params}
        new = rule.update(params, grads, step)
        if ref.same_all({**params, "g": grads["layer-0th:fc/bias"]}, kept):
            found.add("input-modified")
        if ref.same_all(new, want):
            found.add("step")
        params = want
    return found


SPECIAL: dict[str, Callable[[ModuleType], set[str]]] = {
    "nn_max_pooling_layer": hw5_ties,
    "Pooling": cs_ties,
    "pooling_layer_forward": cmu_ties,
    "pooling_layer_backward": cmu_ties,
    "nn_softmax_layer": large_logits,
    "SoftmaxCrossEntropy": large_logits,
    "nn_cross_entropy_layer": no_chance,
    "Dropout": dropout,
    "SGD": cs_sgd,
    "sgd_momentum": cmu.cmu_sgd,
}
