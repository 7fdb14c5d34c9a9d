import sys

import numpy as np
import pytest

import handgrad as hg
from handgrad.engine import ReferenceEngine
from handgrad.engine.compiled import CompiledEngine
from handgrad.errors import ArgumentError, EngineWarning
from tests.engine.engine_cases import make_net


def test_compile_says_what_it_cannot_take():
    net, loss = make_net(), hg.CrossEntropyLoss()
    with pytest.raises(
        ArgumentError, match=r"engine: expected one of compiled, reference, torch, got 'fast'"
    ):
        hg.compile(net, loss, hg.SGD(), engine="fast")
    with pytest.raises(ArgumentError, match=r"got the class SGD. Hint: write SGD\(\.\.\.\)"):
        hg.compile(net, loss, hg.SGD)
    with pytest.raises(ArgumentError, match="got the class CrossEntropyLoss"):
        hg.compile(net, hg.CrossEntropyLoss, hg.SGD())
    with pytest.raises(ArgumentError, match="compile: expected seed"):
        hg.compile(net, loss, hg.SGD(), seed=-1)
    with pytest.raises(ArgumentError, match="threads"):
        hg.compile(net, loss, hg.SGD(), threads=0)
    run = hg.compile(net, loss, hg.SGD(), threads=3)
    assert (run.name, run.threads, run.network) == ("compiled", 3, net)


def test_the_engine_is_the_one_asked_for():
    net, loss = make_net(), hg.CrossEntropyLoss()
    assert type(hg.compile(net, loss, hg.SGD(), engine="reference")) is ReferenceEngine
    assert type(hg.compile(net, loss, hg.SGD(), engine="compiled")) is CompiledEngine
    double = make_net(dtype=np.float64)
    assert type(hg.compile(double, loss, hg.SGD())) is ReferenceEngine  # kernels are for float32


def test_without_llvmlite_the_reference_runs_and_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "handgrad.engine.compiled", None)
    with pytest.warns(EngineWarning, match="llvmlite cannot be imported: the reference engine runs"):
        run = hg.compile(make_net(), hg.CrossEntropyLoss(), hg.SGD())
    assert type(run) is ReferenceEngine
    with pytest.raises(
        ArgumentError,
        match="engine: expected llvmlite for the compiled engine, got none that can be imported",
    ):
        hg.compile(make_net(), hg.CrossEntropyLoss(), hg.SGD(), engine="compiled")
