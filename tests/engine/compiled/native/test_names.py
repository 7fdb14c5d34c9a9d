"""Kernels' names: each its own, and short enough for a file's, the temporary one that becomes it included."""

import os
from pathlib import Path

import numpy as np
import pytest

import handgrad as hg
from handgrad import recipes
from handgrad.data import Normalisation
from handgrad.engine.compiled.kernels.convolution import Convolution, convolution_forward
from handgrad.engine.compiled.kernels.convolution_dw import convolution_dw
from handgrad.engine.compiled.kernels.convolution_dx import convolution_dx
from handgrad.engine.compiled.kernels.geometry import Windows
from handgrad.engine.compiled.kernels.pooling import Pooling
from handgrad.engine.compiled.kernels.spread import Source, spread_maps
from handgrad.engine.compiled.native.library import kernel_name
from handgrad.engine.compiled.native.machine import generic, host
from handgrad.engine.compiled.native.store import Store
from handgrad.engine.compiled.plan.plans import Goal, Input, PredictionPlan, TrainingPlan

LONGEST = 255  # bytes in a file name, of the file systems that are in use


class Register:
    """A library that compiles nothing and writes down what it was asked for."""

    def __init__(self, machine):
        self.machine, self.asked = machine, {}

    def address(self, factory, **parameters):
        self.asked.setdefault(kernel_name(factory, parameters), []).append((factory, parameters))
        return 0


def names_of(network, shape, optimizer, machine, clip=None):
    """What a training and a prediction of a network ask for, by name."""
    register, loss = Register(machine), hg.CrossEntropyLoss()
    engine = hg.compile(network, loss, optimizer, clip=clip, threads=1)
    engine.settle(shape)
    goal = Goal(loss, optimizer, engine._optimizer_state.slots, clip, {})
    TrainingPlan(register, network, Input(shape, 3, "bytes", Normalisation(0.1, 0.3)), 1, goal)
    PredictionPlan(register, network, Input(shape, 3, "floats"), 1)
    return register.asked


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """How many bytes a file name has beside the kernel's; the longest is that of the unfinished file."""
    seen = []

    def replace(part, path):
        seen.extend([len(Path(part).name), len(Path(path).name)])
        raise OSError

    with monkeypatch.context() as patch:
        patch.setenv("HANDGRAD_KERNELS", str(tmp_path))
        patch.setattr(os, "replace", replace)
        Store(generic()).write("kernel", b"")
    return max(seen) - len("kernel")


EXTREMES = Windows(1024, 1024, 11, 11, 4, 4, 10, 10)
BEHIND = Pooling("max", Windows(1024, 1024, 11, 11, 10, 10, 5, 5))


@pytest.mark.parametrize(
    ("factory", "others"),
    [
        (convolution_forward, {"keeps": False}),
        (convolution_dw, {"source": Source.BEHIND}),
        (convolution_dx, {}),
        (spread_maps, {}),
    ],
)
def test_names_of_the_largest_convolutions_are_short_enough(factory, others, beside):
    shape = Convolution(1024, 1024, 1024, EXTREMES, False, BEHIND)
    assert len(kernel_name(factory, {"shape": shape, **others})) + beside <= LONGEST


OPTIMIZERS = [
    hg.SGD(lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1),
    hg.Adam(amsgrad=True, weight_decay=0.1),
    hg.AdamW(amsgrad=True),
    hg.RMSprop(centered=True, momentum=0.9, weight_decay=0.1),
    hg.Adagrad(lr_decay=0.1, weight_decay=0.1),
]


def test_names_in_use(beside):
    """Of all recipes, with every optimizer at its most talkative: distinct, also where case is ignored."""
    found = {}
    for name in recipes.recipe_names():
        recipe = recipes.find_recipe(name)
        network = recipes.build_network(recipe)
        for optimizer in OPTIMIZERS if name == "thu-mlp" else OPTIMIZERS[:1]:
            for key, asked in names_of(network, (1, 28, 28), optimizer, host(), hg.ClipGradNorm(1.0)).items():
                found.setdefault(key, []).extend(asked)
    assert len(found) > 50
    for name, asked in found.items():
        assert all(each == asked[0] for each in asked), name
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"), name
        assert len(name) + beside <= LONGEST, name
    assert len({name.lower() for name in found}) == len(found)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"relu": True}, {"relu": False}),
        ({"groups": 1}, {"groups": 2}),
        ({"windows": Windows(9, 9, 3, 3, 1, 1, 0, 0)}, {"windows": Windows(9, 9, 3, 3, 1, 1, 0, 1)}),
        ({"pooling": None}, {"pooling": Pooling("max", Windows(8, 8, 2, 2, 2, 2, 0, 0))}),
        ({"pooling": Pooling("avg", BEHIND.windows)}, {"pooling": Pooling("max", BEHIND.windows)}),
    ],
)
def test_what_a_kernel_depends_on_is_in_its_name(first, second):
    common = {
        "C": 2,
        "O": 2,
        "groups": 1,
        "windows": Windows(9, 9, 3, 3, 1, 1, 1, 1),
        "relu": True,
        "pooling": BEHIND,
    }
    names = {
        kernel_name(convolution_forward, {"shape": Convolution(**common | change), "keeps": keeps})
        for change in (first, second)
        for keeps in (True, False)
    }
    assert len(names) == 4


def test_another_seed_asks_for_the_same_kernels():
    def made(seed):
        layers = [
            hg.Conv2d(1, 2, 3),
            hg.ReLU(),
            hg.BatchNorm2d(2),
            hg.Dropout(0.5),
            hg.Flatten(),
            hg.Linear(None, 3),
        ]
        network = hg.Sequential(layers, seed=seed, input_shape=(1, 5, 5))
        return names_of(network, (1, 5, 5), hg.Adam(lr=0.1 * (seed + 1)), host()).keys()

    assert made(0) == made(1)
    assert np.all([" " not in name for name in made(0)])
