"""Pairs of runs from the same first values: one on the torch engine, one on the reference."""

import numpy as np
import pytest

import handgrad as hg
from handgrad.engine import ReferenceEngine
from handgrad.engine.torch import TorchEngine
from tests.engine.engine_cases import make_net

torch = pytest.importorskip("torch")

# Both engines add the same products in another order. In float64 that is all that can differ; in float32 an
# error of 6e-8 a rounding goes through some hundred additions and a few steps.
TOLERANCES = {"float64": 1e-9, "float32": 2e-5}


def engine(kind, net, optimizer=None, **options):
    """A run of one engine, with everything but network and optimizer at its default."""
    settings = {"loss": hg.CrossEntropyLoss(), "schedule": None, "clip": None, "average": None}
    settings |= {"threads": 1, "seed": net.seed_value, **options}
    return kind(net, settings.pop("loss"), optimizer or hg.SGD(lr=0.1), **settings)


def pair(make=None, optimizer=None, *, variant="default", **options):
    """The same network on the torch engine and on the reference engine; without dropout."""
    make = make or (lambda: make_net(dropout=0.0))
    theirs = engine(TorchEngine, make(), optimizer, variant=variant, **options)
    return theirs, engine(ReferenceEngine, make(), optimizer, **options)


def close(got, expected, tolerance):
    """Two dicts of arrays with the same names, shapes and dtypes, and nearly the same numbers."""
    assert got.keys() == expected.keys()
    for name, array in expected.items():
        assert (got[name].shape, got[name].dtype) == (array.shape, array.dtype), name
        np.testing.assert_allclose(got[name], array, rtol=tolerance, atol=tolerance, err_msg=name)
