"""Each word of the kernels' language against NumPy's, lane by lane."""

from fractions import Fraction

import numpy as np
import pytest

from handgrad.engine.compiled.native import emitter
from handgrad.engine.compiled.native.emitter import (
    F64,
    I8,
    I32,
    I64,
    Kernel,
    Vector,
    float_bits,
    total,
)
from tests.engine.compiled.native_runs import call, fuses, pairs

# whole numbers

WHOLES = {
    "a + b": (lambda k, a, b: a + b, lambda a, b: a + b),
    "a + 5": (lambda k, a, b: a + 5, lambda a, b: a + 5),
    "5 + a": (lambda k, a, b: 5 + a, lambda a, b: 5 + a),
    "a - b": (lambda k, a, b: a - b, lambda a, b: a - b),
    "a - 5": (lambda k, a, b: a - 5, lambda a, b: a - 5),
    "5 - a": (lambda k, a, b: 5 - a, lambda a, b: 5 - a),
    "a * b": (lambda k, a, b: a * b, lambda a, b: a * b),
    "-3 * a": (lambda k, a, b: -3 * a, lambda a, b: -3 * a),
    "a // b": (lambda k, a, b: a // b, lambda a, b: int(Fraction(a, b))),  # towards zero
    "a // 7": (lambda k, a, b: a // 7, lambda a, b: int(Fraction(a, 7))),
    "a % b": (lambda k, a, b: a % b, lambda a, b: a - b * int(Fraction(a, b))),
    "a % 7": (lambda k, a, b: a % 7, lambda a, b: a - 7 * int(Fraction(a, 7))),
    "least(a, b)": (lambda k, a, b: a.least(b), min),
    "least(a, 9)": (lambda k, a, b: a.least(9), lambda a, b: min(a, 9)),
    "most(a, b)": (lambda k, a, b: a.most(b), max),
    "most(a, 9)": (lambda k, a, b: a.most(9), lambda a, b: max(a, 9)),
    "a < b": (lambda k, a, b: _truth(k, a < b), lambda a, b: a < b),
    "a < 9": (lambda k, a, b: _truth(k, a < 9), lambda a, b: a < 9),
    "a >= b": (lambda k, a, b: _truth(k, a >= b), lambda a, b: a >= b),
    "a == b": (lambda k, a, b: _truth(k, a.equals(b)), lambda a, b: a == b),
    "a == 9": (lambda k, a, b: _truth(k, a.equals(9)), lambda a, b: a == 9),
    "int(4)": (lambda k, a, b: k.whole(4), lambda a, b: 4),
    "int(a)": (lambda k, a, b: k.whole(a), lambda a, b: a),
}


def _truth(k, truth):
    return emitter.Int(k, k.builder.zext(truth, I64))


def wholes(machine, name):
    k = Kernel(name, machine, "a b out")
    a, b = k.numbers("a b")
    for index, (emit, _) in enumerate(WHOLES.values()):
        k.store_one(emit(k, a, b).value, k.pointer("out", I64) + index)
    return k


@pytest.mark.parametrize("a", [0, 1, 8, 9, 10, 1000, 2**33, -1, -9, -(2**33)])
@pytest.mark.parametrize("b", [1, 2, 9, 1000, 2**28, -4])
def test_whole_numbers(library, a, b):
    out = np.zeros(len(WHOLES), np.int64)
    call(library, wholes, a, b, out)
    expected = [oracle(a, b) for _, oracle in WHOLES.values()]
    assert dict(zip(WHOLES, out.tolist(), strict=True)) == dict(zip(WHOLES, expected, strict=True))


# vectors

f = np.float32
VECTORS = {
    "a + b": (lambda k, a, b: a + b, lambda a, b: a + b),
    "a + 0.1": (lambda k, a, b: a + 0.1, lambda a, b: a + f(0.1)),
    "0.1 + a": (lambda k, a, b: 0.1 + a, lambda a, b: f(0.1) + a),
    "a - b": (lambda k, a, b: a - b, lambda a, b: a - b),
    "0.1 - a": (lambda k, a, b: 0.1 - a, lambda a, b: f(0.1) - a),
    "a * b": (lambda k, a, b: a * b, lambda a, b: a * b),
    "0.1 * a": (lambda k, a, b: 0.1 * a, lambda a, b: f(0.1) * a),
    "a / b": (lambda k, a, b: a / b, lambda a, b: a / b),
    "a / 255": (lambda k, a, b: a / 255.0, lambda a, b: a / f(255)),
    "0.1 / a": (lambda k, a, b: 0.1 / a, lambda a, b: f(0.1) / a),
    "a > b": (lambda k, a, b: (a > b).choose(1.0, 2.0), lambda a, b: np.where(a > b, f(1), f(2))),
    "a > 0": (lambda k, a, b: (a > 0.0).choose(a, b), lambda a, b: np.where(a > 0, a, b)),
    "a < b": (lambda k, a, b: (a < b).choose(a, b), lambda a, b: np.where(a < b, a, b)),
    "a >= b": (lambda k, a, b: (a >= b).choose(a, b), lambda a, b: np.where(a >= b, a, b)),
    "a == b": (lambda k, a, b: a.equals(b).choose(1.0, 2.0), lambda a, b: np.where(a == b, f(1), f(2))),
    "a == -1": (lambda k, a, b: a.equals(-1.0).choose(1.0, 2.0), lambda a, b: np.where(a == -1, f(1), f(2))),
    "is_nan(a)": (lambda k, a, b: a.is_nan().choose(1.0, b), lambda a, b: np.where(np.isnan(a), f(1), b)),
    "&": (
        lambda k, a, b: ((a > 0.0) & (b > 0.0)).choose(a, b),
        lambda a, b: np.where((a > 0) & (b > 0), a, b),
    ),
    "|": (
        lambda k, a, b: ((a > 0.0) | (b > 0.0)).choose(a, b),
        lambda a, b: np.where((a > 0) | (b > 0), a, b),
    ),
    "choose_whole": (
        lambda k, a, b: k.to_float((a > b).choose_whole(k.wholes(3), k.wholes(-4))),
        lambda a, b: np.where(a > b, f(3), f(-4)),
    ),
    "root": (lambda k, a, b: a.root(), lambda a, b: np.sqrt(a)),
    "absolute": (lambda k, a, b: a.absolute(), lambda a, b: np.abs(a)),
    "largest": (lambda k, a, b: a.largest(b), np.maximum),
    "largest of 0.5": (lambda k, a, b: a.largest(0.5), lambda a, b: np.maximum(a, f(0.5))),
    "largest_of_zero": (lambda k, a, b: a.largest_of_zero(), lambda a, b: np.maximum(a, f(0))),
    # NaN only where self is: `least` documents no more
    "least": (lambda k, a, b: a.least(b), lambda a, b: np.where(np.isnan(a), a, np.fmin(a, b))),
    "lanes_largest": (
        lambda k, a, b: a.lanes_largest(),
        lambda a, b: np.maximum.reduce(a, axis=1, keepdims=True).repeat(a.shape[1], 1),
    ),
    "number(a)": (lambda k, a, b: k.number(a), lambda a, b: a),
    "zero": (lambda k, a, b: k.zero(), lambda a, b: np.zeros_like(a)),
    "bits": (lambda k, a, b: Vector(k, k.builder.bitcast(a.bits(), k.V)), lambda a, b: a),
    "lane": (lambda k, a, b: k.spread(a.lane(k.L - 1)), lambda a, b: np.repeat(a[:, -1:], a.shape[1], 1)),
}


def vectors(machine, name):
    k = Kernel(name, machine, "a b out count")
    a, b = (k.load(k.pointer(word) + k.task * k.L) for word in "ab")
    for index, (emit, _) in enumerate(VECTORS.values()):
        k.store(emit(k, a, b), k.pointer("out") + (k.arguments["count"] * index + k.task) * k.L)
    return k


def test_vectors(library):
    L = library.machine.lanes
    a, b = (array.reshape(-1, L) for array in pairs(L))
    out = np.full((len(VECTORS), *a.shape), np.nan, np.float32)
    call(library, vectors, a, b, out, len(a), tasks=len(a))
    with np.errstate(all="ignore"):
        for (name, (_, oracle)), got in zip(VECTORS.items(), out, strict=True):
            expected = oracle(a, b)
            assert expected.dtype == np.float32
            np.testing.assert_array_equal(got, expected, err_msg=name)
    bits = [list(VECTORS).index(name) for name in ("number(a)", "bits")]
    for index in bits:
        assert out[index].tobytes() == a.tobytes()  # signs of zero too


def fused(machine, name):
    k = Kernel(name, machine, "a b c out")
    a, b, c = (k.load(k.pointer(word) + k.task * k.L) for word in "abc")
    out = k.pointer("out") + k.task * (3 * k.L)
    for index, value in enumerate([a.times_plus(b, c), a.times_plus(0.1, c), a.times_plus(b, -0.3)]):
        k.store(value, out + index * k.L)
    return k


def rounded_once(a, b, c):
    """a · b + c of exact numbers, rounded to float32 once."""
    exact = Fraction(float(a)) * Fraction(float(b)) + Fraction(float(c))
    nearest = np.float32(float(exact))  # may be rounded twice: its neighbours are looked at too
    around = [np.nextafter(nearest, f(-np.inf)), nearest, np.nextafter(nearest, f(np.inf))]
    return min(
        around, key=lambda number: (abs(Fraction(float(number)) - exact), int(number.view(np.int32)) & 1)
    )


def test_a_multiply_add_is_rounded_once_where_the_cpu_can_and_else_twice(library):
    L = library.machine.lanes
    rng = np.random.default_rng(3)
    a, b = rng.uniform(-2, 2, (2, 40, L)).astype(np.float32)
    c = (-a * b * (1 + rng.integers(-2, 3, a.shape) * f(2.0**-22))).astype(
        np.float32
    )  # leaves the rounding errors
    out = np.zeros((40, 3, L), np.float32)
    call(library, fused, a, b, c, out, tasks=40)
    for index, (x, y) in enumerate([(b, c), (np.full_like(a, 0.1), c), (b, np.full_like(a, -0.3))]):
        if fuses(library.machine):
            flat = zip(a.flat, x.flat, y.flat, strict=True)
            expected = np.array([rounded_once(*numbers) for numbers in flat], np.float32).reshape(a.shape)
        else:
            expected = a * x + y
        np.testing.assert_array_equal(out[:, index], expected)


def test_the_two_kinds_of_multiply_add_differ_on_these_numbers():
    a, c = f(1 + 2**-12), f(-1)
    assert rounded_once(a, a, c) != a * a + c


def conversions(machine, name):
    k = Kernel(name, machine, "x out bytes wholes some extra")
    x = k.load(k.pointer("x"))
    out = k.pointer("out")
    k.store(x.rounded(), out)
    k.store(k.to_float(k.to_wholes(x.rounded())), out + k.L)
    k.store(k.to_float(k.load_bytes(k.pointer("bytes", I8))), out + 2 * k.L)
    k.store(k.real("extra"), out + 3 * k.L)
    k.store(k.broadcast(k.pointer("x") + 1), out + 4 * k.L)
    numbers = k.builder.load(k.pointer("wholes", I32).value, typ=k.VI, align=4)
    k.store_bytes(numbers, k.pointer("some", I8))
    k.store_bytes(k.wholes(200), k.pointer("some", I8) + k.L)
    return k


def test_conversions(library):
    L = library.machine.lanes
    rng = np.random.default_rng(1)
    for round_ in range(20):
        x = rng.uniform(-400, 400, L + 1).astype(np.float32)
        if round_ == 0:  # halves go to the even neighbour
            x = (np.arange(L + 1) - 3.5).astype(np.float32)
        if round_ == 1:
            x = np.resize(np.array([0.0, -0.0, 4e6, -4e6, 0.49999997, -0.5], np.float32), L + 1)
        data = rng.integers(0, 256, L).astype(np.uint8)
        numbers = rng.integers(-500, 500, L).astype(np.int32)
        out, some = np.zeros((5, L), np.float32), np.zeros((2, L), np.uint8)
        call(library, conversions, x, out, data, numbers, some, float_bits(float(x[0])))
        np.testing.assert_array_equal(out[0], np.rint(x[:L]))
        np.testing.assert_array_equal(out[1], np.rint(x[:L]))
        np.testing.assert_array_equal(out[2], data.astype(np.float32))
        np.testing.assert_array_equal(out[3], x[0])
        np.testing.assert_array_equal(out[4], x[1])
        np.testing.assert_array_equal(some[0], numbers.astype(np.uint8))  # the low byte
        np.testing.assert_array_equal(some[1], 200)


@pytest.mark.parametrize("number", [0.0, -0.0, 0.1, -3.5, 1e-45, 3.4e38, np.inf])
def test_the_bits_of_a_float(number):
    assert float_bits(number) == int(f(number).view(np.uint32))


# sums


def sums(machine, name):
    k = Kernel(name, machine, "x wide out out_wide")
    x = k.pointer("x")
    k.store_one(k.load(x).lanes_total(), k.pointer("out"))
    wide = k.builder.load(k.pointer("wide", F64).value, typ=emitter.ir.VectorType(F64, k.L), align=8)
    k.store_one(Vector(k, wide).lanes_total(), k.pointer("out_wide", F64))
    for count in range(1, 8):
        found = total([k.load(x + index * k.L) for index in range(count)])
        k.store(found, k.pointer("out") + count * k.L)
    return k


def halves(numbers):
    while len(numbers) > 1:
        numbers = numbers[: len(numbers) // 2] + numbers[len(numbers) // 2 :]
    return numbers[0]


def in_pairs(rows):
    rows = list(rows)
    while len(rows) > 1:
        rows = [sum(rows[index + 1 : index + 2], rows[index]) for index in range(0, len(rows), 2)]
    return rows[0]


def test_sums_have_the_order_that_they_promise(library):
    L = library.machine.lanes
    rng = np.random.default_rng(2)
    for _ in range(50):
        x = (rng.standard_normal((7, L)) * 10.0 ** rng.integers(-3, 4, (7, L))).astype(np.float32)
        wide = rng.standard_normal(L)
        out, out_wide = np.zeros((8, L), np.float32), np.zeros(1)
        call(library, sums, x, wide, out, out_wide)
        assert out[0, 0] == halves(x[0])
        assert out_wide[0] == halves(wide)
        for count in range(1, 8):
            np.testing.assert_array_equal(out[count], in_pairs(x[:count]))
