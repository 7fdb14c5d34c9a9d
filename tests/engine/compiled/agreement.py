"""When a compiled number is right, and the three runs that it takes to say so.

Two correct float32 programs differ: they add in another order, and round a multiply-add once or twice. How
far depends on the network: rounding grows with the length of sums, and a batch normalisation of nearly equal
numbers enlarges it a thousandfold. So the judge is the same network in float64, where rounding is 10⁹ times
smaller, and the yardstick is what the float32 reference itself gets wrong there:

    |compiled − double| ≤ TIMES · |single − double| + SHARE · |double|

Each stands for the largest number of an array, or of all gradients of the network together: what enlarges
the rounding of one enlarges that of others, and a gradient is a sum whose terms can cancel, entirely so where
a bias stands before a batch normalisation. TIMES, as both errors are draws from one distribution, and the
largest of a few draws scatters; SHARE (some dozen units in the last place), as the reference may be exact by
luck.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

import handgrad as hg

Array = np.ndarray

TIMES = 10.0
SHARE = 2e-6
WIDE = 5.0  # the margin where chance is large: thousands of networks, the first steps of RMSprop


def largest(array: Any) -> float:
    return float(np.abs(array).max(initial=0.0))


def all_agree(
    compiled: Mapping[str, Any],
    single: Mapping[str, Any],
    double: Mapping[str, Any],
    what: str,
    margin: float = 1.0,
) -> None:
    """Arrays, or numbers, by name, that have one yardstick; ``margin`` makes it longer."""
    assert compiled.keys() == single.keys() == double.keys(), what
    arrays = {name: [np.asarray(each[name]) for each in (compiled, single, double)] for name in double}
    own = max((largest(array - exact) for _, array, exact in arrays.values()), default=0.0)
    scale = max((largest(exact) for _, _, exact in arrays.values()), default=0.0)
    allowed = margin * (TIMES * own + SHARE * scale)
    for name, (found, expected, exact) in arrays.items():
        assert (found.shape, found.dtype) == (expected.shape, expected.dtype), f"{what} {name}"
        wrong = largest(found - exact)
        assert wrong <= allowed, (  # of NaN, false
            f"{what} {name}: wrong by {wrong:.2e} where {allowed:.2e} is allowed, as the reference is wrong "
            f"by {own:.2e}, and the largest number is {scale:.2e}"
        )


@dataclass(frozen=True)
class Trio:
    """One network thrice, with the same weights: compiled, and the reference in both precisions."""

    compiled: Any
    single: Any
    double: Any
    margin: float = 1.0

    def __iter__(self) -> Iterator[Any]:
        return iter((self.compiled, self.single, self.double))

    def agree(self, ask: Callable[[Any], Any], what: str) -> None:
        """The three answers to one question."""
        all_agree(*({"": ask(run)} for run in self), what, self.margin)

    def predictions_agree(self, x: Array, what: str = "predict") -> None:
        self.agree(lambda run: run.predict(x), what)

    def gradients_agree(self, x: Array, targets: Array) -> None:
        all_agree(*(run.gradients(x, targets) for run in self), "gradient of", self.margin)

    def steps_agree(self, x: Array, targets: Array, what: str = "step") -> None:
        """One step of each: what it says."""
        found, expected, exact = (run.train_step(x, targets) for run in self)
        all_agree(*({"loss": step.loss} for step in (found, expected, exact)), what, self.margin)
        assert (found.count, found.lr) == (expected.count, expected.lr)

    def states_agree(self, what: str = "state") -> None:
        """Parameters and buffers, what the optimizer remembers, averages; the counters exactly."""
        for part in ("network", "optimizer", "average"):
            states = [
                {name: array for name, array in run.state().items() if name.startswith(f"{part}/")}
                for run in self
            ]
            for name in [name for name, array in states[1].items() if array.dtype == np.int64]:
                assert len({int(state.pop(name)) for state in states}) == 1, f"{what} {name}"
            all_agree(*states, what, self.margin)


def trio(
    layers: Callable[[], list[hg.Layer]], input_shape: tuple[int, ...], *, margin: float = 1.0, **options: Any
) -> Trio:
    """Three runs of the same weights.

    Arguments:
        layers: makes them; called for each run.
        input_shape: of one image.
        margin: see `all_agree`.
        options: of `hg.compile`; loss, optimizer and seed have defaults.
    """
    options = {"loss": hg.CrossEntropyLoss(), "optimizer": hg.SGD(lr=0.1), "seed": 3, **options}
    runs: list[Any] = []
    for engine, dtype, threads in (("compiled", "f", 2), ("reference", "f", 1), ("reference", "d", 1)):
        net = hg.Sequential(layers(), seed=5, input_shape=input_shape, dtype=dtype)
        if runs:
            net.load_state_dict(runs[0].network.state_dict())
        runs.append(hg.compile(net, **options, engine=engine, threads=threads))
    return Trio(*runs, margin)
