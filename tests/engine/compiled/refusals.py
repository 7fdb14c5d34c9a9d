"""What two engines refuse alike."""

from typing import Any

import pytest

import handgrad as hg
from handgrad.errors import HandgradError
from tests.engine.engine_cases import make_data, make_run, same

DATA = make_data()
X, TARGETS = hg.batch(DATA, range(21))


def refused_alike(net: Any, x: Any, targets: Any, **options: Any) -> HandgradError:
    """A step that both engines refuse; the compiled one's error, after it was found to be the reference's.

    Before it a step is made, so that there is something to spoil, and a plan of the kernels.
    """
    errors = []
    for engine in ("compiled", "reference"):
        run = make_run(net(), engine=engine, **options)
        run.train_step(X, TARGETS)
        before = run.state()
        with pytest.raises(HandgradError) as caught:
            run.train_step(x, targets)
        errors.append(caught.value)
        assert same(run.state(), before)
        assert run.train_step(X, TARGETS).count == 21  # and training goes on
    assert type(errors[0]) is type(errors[1])
    return errors[0]
