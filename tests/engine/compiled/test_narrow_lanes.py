"""The same engine on the least of CPUs: four lanes, and a multiply and an add in the place of a fused one."""

import os
import re
import subprocess
import sys

import pytest

from handgrad.engine.compiled.kernels.activation import activation_forward
from handgrad.engine.compiled.kernels.convolution import Convolution, convolution_forward
from handgrad.engine.compiled.kernels.convolution_dw import convolution_dw
from handgrad.engine.compiled.kernels.convolution_dx import convolution_dx
from handgrad.engine.compiled.kernels.geometry import Windows
from handgrad.engine.compiled.kernels.gradients import collect
from handgrad.engine.compiled.kernels.layout import rows_to_blocks
from handgrad.engine.compiled.kernels.linear import linear_dw, linear_product
from handgrad.engine.compiled.kernels.linear_rows import linear_rows
from handgrad.engine.compiled.kernels.loss import cross_entropy
from handgrad.engine.compiled.kernels.pooling import Pooling, pool_backward
from handgrad.engine.compiled.kernels.spread import Source
from handgrad.engine.compiled.kernels.update import average
from handgrad.engine.compiled.native.library import Library
from handgrad.engine.compiled.native.machine import generic
from tests.engine.compiled.native_runs import IS_X86, machines

HOST = machines()["host"]  # whatever HANDGRAD_CPU says
TRAIN = """
import numpy as np
import handgrad as hg
from handgrad.engine.compiled.native.machine import host

def trained(engine):
    layers = [
        hg.Conv2d(2, 6, 3, padding=1), hg.ReLU(), hg.MaxPool2d(2), hg.Conv2d(6, 8, 3, stride=2, groups=2),
        hg.BatchNorm2d(8), hg.Tanh(), hg.AvgPool2d(2, 1), hg.Flatten(), hg.Linear(None, 19), hg.ReLU(),
        hg.Dropout(0.3), hg.Linear(19, 11), hg.ELU(), hg.Linear(11, 10),
    ]
    network = hg.Sequential(layers, seed=3, input_shape=(2, 14, 13))
    run = hg.compile(
        network, hg.CrossEntropyLoss(), hg.Adam(lr=0.01, weight_decay=0.01), clip=hg.ClipGradNorm(1.0),
        average=hg.ExponentialMovingAverage(0.9), engine=engine, threads=2,
    )
    rng = np.random.default_rng(0)
    losses = []
    for count in (37, 4, 5, 37, 30):
        x, targets = rng.standard_normal((count, 2, 14, 13), dtype=np.float32), rng.integers(0, 10, count)
        losses.append(run.train_step(x, targets).loss)
    assert not getattr(run, "fallbacks", [])
    return losses, run.predict(rng.standard_normal((53, 2, 14, 13), dtype=np.float32)), run.state()

def compare(what, found, wanted, share):
    found, wanted = np.asarray(found), np.asarray(wanted)
    error = np.abs(found - wanted).max() / max(np.abs(wanted).max(), 1e-30)
    assert error <= share, (what, error)

found, wanted = trained("compiled"), trained("reference")
compare("losses", found[0], wanted[0], 2e-6)
compare("scores", found[1], wanted[1], 1e-5)
assert found[2].keys() == wanted[2].keys()
for name in found[2]:
    compare(name, found[2][name], wanted[2][name], 5e-5)
print(host().lanes)
"""


@pytest.mark.parametrize(("wish", "lanes"), [("generic", 4), ("native", HOST.lanes)])
def test_training_and_prediction_equal_the_reference(wish, lanes):
    """Differences are shares of an array's largest number.

    Float32 itself allows 6e-8 for each operation. Losses and scores differed by no more than 5e-7; the
    largest difference, 6e-6, is in a bias before batch normalisation: its gradient is nothing but rounding
    errors, and Adam makes steps of full size of them. The bounds are some eight times as wide.
    """
    environment = os.environ | {"HANDGRAD_CPU": wish, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", TRAIN], capture_output=True, text=True, env=environment, timeout=120
    )
    assert (done.returncode, done.stdout) == (0, f"{lanes}\n"), done.stderr


# what the kernels are made of

POOLING = Pooling("max", Windows(10, 10, 2, 2, 2, 2, 0, 0))
SHAPE = Convolution(6, 16, 1, Windows(14, 14, 5, 5, 1, 1, 0, 0), True, POOLING)
KERNELS = [
    (convolution_forward, {"shape": SHAPE, "keeps": True}),
    (convolution_dx, {"shape": SHAPE}),
    (convolution_dw, {"shape": SHAPE, "source": Source.DENSE}),
    (linear_product, {"rows": 20, "inner": 30, "way": "forward", "relu": True}),
    (linear_dw, {"rows": 20, "columns": 30}),
    (linear_rows, {"rows": 20, "columns": 30, "activation": "ReLU"}),
    (rows_to_blocks, {"features": 30, "kind": "bytes", "keeps_rows": True, "mean": True, "std": True}),
    (pool_backward, {"pooling": POOLING}),
    (activation_forward, {"kind": "Tanh"}),
    (cross_entropy, {"classes": 10}),
    (collect, {}),
    (average, {}),
]
PRODUCTS = KERNELS[:6]
WIDE, WIDER, FUSED = r"%ymm\d|\bymm\d", r"%zmm\d|\bzmm\d", r"\bvfn?m(add|sub)\d"
x86 = pytest.mark.skipif(not IS_X86, reason="the names of x86's registers and instructions")


def assembly(machine, factory, parameters):
    return Library(machine).assembly(factory, **parameters)


@x86
@pytest.mark.parametrize(("factory", "parameters"), KERNELS, ids=lambda item: getattr(item, "__name__", None))
def test_the_least_of_cpus_is_asked_for_nothing_that_it_lacks(factory, parameters):
    text = assembly(generic(), factory, parameters)
    assert re.search(r"xmm\d", text)  # it is the text of vector code
    for word in (WIDE, WIDER, FUSED, r"\bv[a-z]+p[sd]\b", r"call\w*\s+\S*fmaf?\b"):
        assert not re.search(word, text), re.search(word, text)


@x86
@pytest.mark.skipif(HOST.lanes < 16, reason="this CPU has no AVX-512")
@pytest.mark.parametrize(
    ("factory", "parameters"), PRODUCTS, ids=lambda item: getattr(item, "__name__", None)
)
def test_the_widest_vectors_and_fused_multiply_adds_are_used(factory, parameters):
    text = assembly(HOST, factory, parameters)
    assert re.search(WIDER, text)
    assert re.search(FUSED, text)


@x86
@pytest.mark.skipif("eight lanes" not in machines() and HOST.lanes != 8, reason="this CPU has no AVX")
@pytest.mark.parametrize(
    ("factory", "parameters"), PRODUCTS, ids=lambda item: getattr(item, "__name__", None)
)
def test_eight_lanes_are_as_wide_as_their_registers(factory, parameters):
    machine = machines().get("eight lanes", HOST)
    text = assembly(machine, factory, parameters)
    assert re.search(WIDE, text)
    assert not re.search(WIDER, text)
    assert bool(re.search(FUSED, text)) == ("+fma" in machine.features.split(","))


FUSING = [
    name
    for name, machine in machines().items()
    if "+fma" in machine.features.split(",") and machine.lanes > 1
]


@x86
@pytest.mark.parametrize("machine", FUSING)
@pytest.mark.parametrize(
    ("factory", "parameters"), PRODUCTS, ids=lambda item: getattr(item, "__name__", None)
)
def test_the_sums_of_a_tile_stay_in_registers(machine, factory, parameters):
    """In the innermost loop of a product nothing is written to memory.

    Without fused multiply-adds every product needs a register of its own, and two of the sums do not fit.
    """
    text = assembly(machines()[machine], factory, parameters)
    products = [loop for loop in innermost_loops(text) if re.search(FUSED, loop)]
    assert products
    for loop in products:
        stores = [
            line for line in loop.splitlines() if re.match(r"\s+v?mov[au]ps\s+%[xyz]mm\d+,\s*-?\w*\(", line)
        ]
        assert not stores, loop


def innermost_loops(text):
    """Blocks that end with a jump to their own beginning."""
    label, lines = None, []
    for line in text.splitlines():
        found = re.match(r"(\.L\w+):", line)
        if found:
            label, lines = found[1], []
        lines.append(line)
        if label and re.match(rf"\s+j[a-z]+\s+{re.escape(label)}$", line):
            yield "\n".join(lines)
