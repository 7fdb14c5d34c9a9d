"""Training steps and predictions with all memory beside guard pages: a program, for a process of its own.

``python -m tests.engine.compiled.guarded_runs MACHINE SIDES [WRONG]`` prints, for each side, a digest of
every number that came out. MACHINE is one of `native_runs.machines`; SIDES are some of "nowhere" (ordinary
memory), "end" and "start", with commas. WRONG names a mistake to be built into a kernel: it must be found.
"""

import hashlib
import sys
import warnings

import numpy as np

import handgrad as hg
from handgrad.engine.compiled import engine as engine_module
from handgrad.engine.compiled.kernels import layout
from handgrad.engine.compiled.kernels.geometry import Tile
from handgrad.engine.compiled.native import program
from handgrad.engine.compiled.native.emitter import Kernel
from handgrad.engine.compiled.plan import builder, elementwise
from tests.engine.compiled.guard_pages import Guards, Numpy
from tests.engine.compiled.native_runs import machines

BATCHES = range(1, 18)
ALIGNED = builder.aligned


class Own(hg.Layer):
    """A layer without kernels, whose arrays are guarded too."""

    def __init__(self, keep):
        super().__init__()
        self.keep = keep

    def forward(self, x, *, training=False, rng=None):
        return self.keep(2 * x), None

    def backward(self, dy, cache):
        return self.keep(2 * dy), {}


def networks(keep):
    """(layers, shape of an image, loss, optimizer, options): odd sizes, edges of all kinds."""
    yield (
        [
            hg.Conv2d(1, 5, 3, stride=2, padding=1), hg.ReLU(), hg.MaxPool2d(2),
            hg.Conv2d(5, 6, (2, 3), padding=(0, 1)), hg.Flatten(), hg.Linear(None, 7), hg.ReLU(),
            hg.Linear(7, 3),
        ],
        (1, 9, 11), hg.CrossEntropyLoss(), hg.SGD(lr=0.01, momentum=0.9, weight_decay=0.1),
        {"average": hg.ExponentialMovingAverage(0.9)},
    )  # fmt: skip
    yield (
        [
            hg.Conv2d(3, 6, 3, groups=3, padding=2, bias=False), hg.BatchNorm2d(6), hg.ReLU(),
            hg.MaxPool2d(3, 2, 1), hg.Conv2d(6, 4, 2, stride=(2, 1), groups=2), hg.ReLU(), hg.AvgPool2d(2, 1),
            hg.Flatten(), hg.Dropout(0.4), hg.Linear(None, 5), hg.BatchNorm1d(5),
        ],
        (3, 7, 6), hg.CrossEntropyLoss(), hg.Adam(lr=0.01, amsgrad=True), {"clip": hg.ClipGradNorm(0.1)},
    )  # fmt: skip
    yield (
        [
            hg.Flatten(), hg.Linear(13, 17), hg.Sigmoid(), hg.Linear(17, 33), hg.Tanh(), Own(keep),
            hg.Dropout(0.5), hg.Linear(33, 1),
        ],
        (1, 1, 13), hg.MSELoss(), hg.RMSprop(lr=0.01, centered=True, momentum=0.5),
        {"clip": hg.ClipGradValue(0.1)},
    )  # fmt: skip
    yield (
        [
            hg.Conv2d(1, 3, (2, 3), padding=(1, 1)), hg.PReLU(3), hg.AvgPool2d((1, 3), (1, 2), (0, 1)),
            hg.MaxPool2d((2, 3), 1, (1, 0)), hg.Conv2d(3, 2, (1, 5), stride=(1, 3), padding=(0, 2)),
            hg.ReLU(), hg.AvgPool2d(1, 2), hg.Flatten(), hg.Linear(None, 4), hg.Softmax(),
        ],
        (1, 2, 75), hg.ProbabilityCrossEntropyLoss(), hg.Adagrad(lr=0.01), {},
    )  # fmt: skip
    yield (
        [
            hg.Flatten(), hg.Linear(13, 17), hg.ELU(), hg.Linear(17, 70, bias=False), hg.ReLU(),
            hg.Dropout(0.5), hg.Linear(70, 5),
        ],
        (1, 1, 13), hg.CrossEntropyLoss(), hg.SGD(lr=0.01), {},
    )  # fmt: skip
    yield (
        [
            hg.MaxPool2d(3, 1, 1), hg.Conv2d(2, 1, 1, bias=False), hg.ELU(), hg.PReLU(), hg.AvgPool2d(2, 3),
            hg.LeakyReLU(), hg.Flatten(), hg.Linear(None, 3, bias=False),
        ],
        (2, 5, 5), hg.EuclideanLoss(), hg.AdamW(lr=0.01), {},
    )  # fmt: skip


def single(keep):
    """Networks that see one image at a time, without strides: they have kernels of their own."""
    yield (
        [
            hg.Conv2d(2, 6, (3, 5), padding=(1, 2)), hg.ReLU(), hg.MaxPool2d(2), hg.Conv2d(6, 4, 3, groups=2),
            hg.AvgPool2d(2, 1), hg.Sigmoid(), hg.Flatten(), hg.Linear(None, 9), hg.ReLU(), hg.Linear(9, 21),
        ],
        (2, 12, 9),
    )  # fmt: skip
    yield [hg.Conv2d(1, 3, 5, bias=False), hg.BatchNorm2d(3), hg.MaxPool2d(3, 2, 1), Own(keep)], (1, 40, 31)
    yield [hg.Conv2d(3, 2, 1), hg.Tanh(), hg.Conv2d(2, 17, (1, 2)), hg.Flatten(), hg.Softmax()], (3, 1, 2)
    yield [hg.Linear(3, 5), hg.PReLU(), hg.Linear(5, 1, bias=False)], (3,)


def predict(layers, shape, keep):
    """One image through a network."""
    network = hg.Sequential(layers, seed=1, input_shape=shape)
    guard(network, keep)
    engine = hg.compile(network, hg.MSELoss(), hg.SGD(lr=0.1), engine="compiled", threads=2)
    rng = np.random.default_rng(2)
    for _ in range(2):
        yield engine.predict(keep(rng.standard_normal((1, *shape), dtype=np.float32)))


def guard(network, keep):
    """Put a network's arrays where they shall be."""
    for parameter in network.parameters().values():
        parameter._value = keep(parameter.value)
    for buffer in network.buffers().values():
        buffer.value = keep(buffer.value)


def train(layers, shape, loss, optimizer, options, keep):
    """One network through batches of every size; yields all that it computes."""
    network = hg.Sequential(layers, seed=1, input_shape=shape)
    guard(network, keep)
    engine = hg.compile(network, loss, optimizer, engine="compiled", threads=2, **options)
    for slots in engine._optimizer_state.slots.values():
        slots.update({name: keep(array) for name, array in slots.items()})
    if engine._average_state:
        averages = engine._average_state.averages
        averages.update({name: keep(array) for name, array in averages.items()})
    rng = np.random.default_rng(2)
    classes = network.output_shape(shape)[0]
    normed = any(isinstance(layer, hg.BatchNorm1d) for layer in layers)
    for count in BATCHES:
        x = keep(rng.standard_normal((count, *shape), dtype=np.float32))
        yield engine.predict(x)
        if normed and count == 1:
            continue
        labels = rng.integers(0, classes, count)
        targets = labels if classes > 1 else keep(rng.standard_normal((count, 1), dtype=np.float32))
        yield engine.gradients(x, targets).values()
        yield [engine.train_step(x, targets).loss]
        if classes == 1:
            continue
        images = keep(rng.integers(0, 256, (count + 1, *shape)).astype(np.uint8))
        dataset = hg.Dataset(images, rng.integers(0, classes, count + 1), classes=classes)
        assert dataset.images is images
        yield [engine.train_on(dataset, rng.permutation(count + 1)[:count]).loss]
        yield [engine.train_on(dataset, np.r_[count:-1:-1][:count]).loss]
    yield network.state_dict().values()
    yield engine.state().values()


def make_mistake(wrong):
    """Build one mistake into a kernel."""
    load = Kernel.load
    if wrong == "reads past the end":  # whole vectors where a part is left
        layout._floats = lambda k, place, size: load(k, place)
    elif wrong == "writes past the end":
        Kernel.store_some = lambda k, vector, place, count: k.store(vector, place)
    elif wrong == "reads before the start":
        layout._floats = lambda k, place, size: load(k, place + (-1 if size == k.L else 0))
    elif wrong == "forgets the edges of maps":
        Tile.on_the_map = lambda tile, column, size: True
    else:
        raise SystemExit(f"no mistake {wrong!r}")


def run_all(side):
    """All networks with memory of one kind; how many arrays came out, and a digest of them."""
    guards = None if side == "nowhere" else Guards(side)
    keep = guards.copy if guards else np.array
    builder.aligned = guards.zeros if guards else ALIGNED
    program.np = elementwise.np = Numpy(guards) if guards else np
    digest, arrays = hashlib.sha256(), 0
    runs = [train(*parts, keep) for parts in networks(keep)] + [
        predict(*parts, keep) for parts in single(keep)
    ]
    for run in runs:
        for found in run:
            for array in found:
                digest.update(np.ascontiguousarray(array).tobytes())
                arrays += 1
        if guards:
            guards.check()
    assert not guards or guards.count > 1000
    return arrays, digest.hexdigest()


def main(machine, sides, wrong=""):
    """Run with memory of each kind."""
    warnings.simplefilter("ignore")  # that a layer has no kernel is known
    engine_module.host = lambda: machines()[machine]
    if wrong:
        make_mistake(wrong)
    for side in sides.split(","):
        print(side, end=" ", flush=True)
        print(*run_all(side), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
