"""The exponential and its kin on vectors: the C library has them for one number at a time only."""

import math

from handgrad.engine.compiled.native.emitter import Mask, Vector

LOG2_E = 1 / math.log(2)
# log 2 in two parts: the first has so few bits that its product with a whole number is exact
LOG_2_HIGH, LOG_2_LOW = 0.693359375, math.log(2) - 0.693359375
LARGEST, SMALLEST = 88.72284, -87.33654  # beyond, e^x is infinite, or smaller than any normal float32

MUCH = 40.0  # beyond, e^x − 1 and e^x are the same float32


def _split(x: Vector) -> tuple[Vector, Vector, Vector]:
    """2ᵃ, 2ᵇ and q = eʳ − 1 with eˣ = 2ᵃ (1 + q) 2ᵇ: q by its power series: r = x − (a + b) log 2 is small.

    Two factors, since a + b may be 128, where 2¹²⁸ is infinite and eˣ is not.
    """
    k = x.k
    n = (x * LOG2_E).rounded()
    r = n.times_plus(-LOG_2_LOW, n.times_plus(-LOG_2_HIGH, x))
    q = k.number(1 / math.factorial(8))
    for power in range(7, 0, -1):
        q = q.times_plus(r, 1 / math.factorial(power))
    half = (n * 0.5).rounded()
    return _power_of_two(half), _power_of_two(n - half), q * r


def _power_of_two(n: Vector) -> Vector:
    k = n.k
    exponent = k.builder.add(k.to_wholes(n), k.wholes(127))
    return Vector(k, k.builder.bitcast(k.builder.shl(exponent, k.wholes(23)), k.V))


def _kept_within(x: Vector, low: float, high: float) -> tuple[Vector, Mask]:
    """x between two bounds, and where it was NaN: there it is 0 now, for whole numbers cannot be NaN."""
    nan = x.is_nan()
    return nan.choose(0.0, (x < low).choose(low, (x > high).choose(high, x))), nan


def exp(x: Vector) -> Vector:
    """eˣ, to about one unit in the last place; below 2⁻¹²⁶ it is 0."""
    safe, nan = _kept_within(x, SMALLEST, LARGEST)
    first, second, q = _split(safe)
    value = first.times_plus(q, first) * second
    value = (x > LARGEST).choose(math.inf, (x < SMALLEST).choose(0.0, value))
    return nan.choose(x, value)


def expm1(x: Vector) -> Vector:
    """eˣ − 1, exact also near 0."""
    safe, nan = _kept_within(x, -30.0, LARGEST)
    first, second, q = _split(safe)
    power = first * second
    value = power.times_plus(q, power - 1.0)
    value = (x > MUCH).choose(first.times_plus(q, first) * second, value)
    return nan.choose(x, (x > LARGEST).choose(math.inf, value))


def sigmoid(x: Vector) -> Vector:
    """1 / (1 + e⁻ˣ), computed with e^−|x|."""
    small = exp(0.0 - x.absolute())
    return (x >= 0.0).choose(1.0, small) / (small + 1.0)


def tanh(x: Vector) -> Vector:
    """(e²ˣ − 1) / (e²ˣ + 1)."""
    nan = x.is_nan()
    less = expm1((x > 15.0).choose(15.0, x) * 2.0)
    return nan.choose(x, less / (less + 2.0))
