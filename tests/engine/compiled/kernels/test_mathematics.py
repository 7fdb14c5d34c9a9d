"""The exponential and its kin over all of float32, against NumPy in float64.

Errors are counted in units in the last place of the right result; where that is smaller than any normal
number, 0 may stand for it. The bounds hold with and without fused multiply-adds: every 13th float32 was tried
once.
"""

from functools import cache

import numpy as np
import pytest

from handgrad.engine.compiled.kernels import mathematics
from handgrad.engine.compiled.native.emitter import Kernel
from tests.engine.compiled.native_runs import call

LARGEST, SMALLEST_NORMAL = (float(getattr(np.finfo(np.float32), word)) for word in ("max", "smallest_normal"))


def sigmoid(x):
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, small) / (1.0 + small)


FUNCTIONS = {
    "exp": (np.exp, 1.25),
    "expm1": (np.expm1, 2.25),
    "sigmoid": (sigmoid, 2.75),
    "tanh": (np.tanh, 3.5),
}
EDGE = np.float32(88.3762626647949)  # above, n is 128 and 2ⁿ is no float32


def mapped(machine, name, *, function):
    k = Kernel(name, machine, "x y count")
    for index in k.loop(0, k.arguments["count"]):
        value = getattr(mathematics, function)(k.load(k.pointer("x") + index * k.L))
        k.store(value, k.pointer("y") + index * k.L)
    return k


def computed(library, function, x):
    x = np.resize(x, -(-len(x) // 16) * 16)  # whole vectors of any machine
    y = np.empty_like(x)
    call(library, mapped, x, y, len(x) // library.machine.lanes, function=function)
    return x, y


def neighbours(x, count=600):
    """The floats around one."""
    bits = np.float32(x).view(np.int32) + np.arange(-count, count + 1)
    return bits.astype(np.int32).view(np.float32)


@cache
def everywhere():
    """Floats from the whole range, and all those around the places where a formula changes."""
    sweep = np.arange(0, 2**32, 4001, dtype=np.uint64).astype(np.uint32).view(np.float32)
    places = [
        mathematics.LARGEST,
        mathematics.SMALLEST,
        -30.0,
        15.0,
        7.5,
        104.0,
        1.0,
        1e-30,
        SMALLEST_NORMAL * 2,
    ]
    halves = (np.arange(-126, 128) + 0.5) * np.log(2)  # between them, another n is the nearest whole number
    around = [neighbours(sign * place) for place in places for sign in (1, -1)]
    around += [neighbours(half, 40) for half in halves]
    odd = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45], np.float32)
    rng = np.random.default_rng(0)
    usual = rng.uniform(-20, 20, 200_000).astype(np.float32)
    return np.concatenate([sweep, *around, odd, usual])


@cache
def right(function):
    with np.errstate(all="ignore"):
        return FUNCTIONS[function][0](everywhere().astype(np.float64))


def check(function, x, y, expected):
    """NaN where it should be, infinity beyond float32, and elsewhere few units in the last place."""
    np.testing.assert_array_equal(np.isnan(y), np.isnan(expected))
    bound = FUNCTIONS[function][1]
    assert np.all(y[expected > LARGEST * (1 + 2.0**-22)] == np.inf)
    normal = (np.abs(expected) >= SMALLEST_NORMAL) & (np.abs(expected) < LARGEST)
    error = np.abs(y[normal] - expected[normal]) / np.spacing(np.abs(expected[normal]).astype(np.float32))
    worst = np.argmax(error)
    assert error[worst] <= bound, f"{function}({x[normal][worst]!r}) is wrong by {error[worst]:.2f} units"
    tiny = np.abs(expected) < SMALLEST_NORMAL
    assert np.abs(y[tiny] - expected[tiny]).max(initial=0.0) < SMALLEST_NORMAL


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_whole_range(library, function):
    x, y = computed(library, function, everywhere())
    expected = np.resize(right(function), len(x))
    check(function, x, y, expected)


@pytest.mark.parametrize("function", ["exp", "expm1"])
def test_just_below_the_largest(library, function):
    x, y = computed(library, function, np.linspace(EDGE, mathematics.LARGEST, 10_000, dtype=np.float32))
    check(function, x, y, FUNCTIONS[function][0](x.astype(np.float64)))


def test_what_must_be_exact(library):
    special = np.array([0.0, -0.0, np.inf, -np.inf, 1e-45, -1e-45, 1e-38, -1e-38], np.float32)
    exact = {
        "exp": [1, 1, np.inf, 0, 1, 1, 1, 1],
        "expm1": [0, 0, np.inf, -1, *special[4:]],
        "sigmoid": [0.5, 0.5, 1, 0, 0.5, 0.5, 0.5, 0.5],
        "tanh": [0, 0, 1, -1, *special[4:]],
    }
    for function, expected in exact.items():
        _, y = computed(library, function, special)
        np.testing.assert_array_equal(y[:8], np.array(expected, np.float32), err_msg=function)


def test_nothing_leaves_its_range(library):
    x = everywhere()
    x = x[~np.isnan(x)]
    for function, low in (("sigmoid", 0), ("tanh", -1)):
        _, y = computed(library, function, x)
        assert y.min() == low
        assert y.max() == 1
    assert computed(library, "expm1", x[x < 0])[1].min() == -1
    assert computed(library, "exp", x)[1][: len(x)][x < 88].min() == 0


def test_a_function_is_nearly_odd_or_symmetric_where_it_should_be(library):
    x = np.abs(everywhere())
    x = x[~np.isnan(x)]
    x = x[: len(x) // 16 * 16]
    _, plus = computed(library, "sigmoid", x)
    _, minus = computed(library, "sigmoid", -x)
    assert np.abs(plus + minus - 1).max() <= 2.0**-23
    _, plus = computed(library, "tanh", x)
    _, minus = computed(library, "tanh", -x)
    assert np.abs(plus + minus).max() <= 2.0**-22
