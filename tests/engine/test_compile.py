import pytest

import handgrad as hg
from handgrad.engine import ReferenceEngine
from handgrad.errors import ArgumentError
from tests.engine.engine_cases import make_net


def test_compile_says_what_it_cannot_take():
    net, loss = make_net(), hg.CrossEntropyLoss()
    with pytest.raises(ArgumentError, match=r"engine: expected one of reference.*, got 'fast'"):
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
    assert isinstance(run, ReferenceEngine)
    assert (run.name, run.threads, run.network) == ("reference", 3, net)
