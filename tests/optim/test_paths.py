"""Every optimizer walks PyTorch's path: twenty steps, stored and live, float64 and float32."""

import numpy as np
import pytest

from tests.optim.optimizer_cases import CASES, STEPS, STORED, handgrad_path, torch_path


@pytest.fixture(scope="module")
def stored():
    with np.load(STORED, allow_pickle=False) as file:
        return dict(file)


def test_the_stored_file_has_all_cases_and_no_others(stored):
    assert {name.removeprefix("path/") for name in stored if name.startswith("path/")} == set(CASES)


@pytest.mark.parametrize("case", CASES)
def test_stored_path_in_float64(case, stored):
    path = handgrad_path(case, stored)
    assert path.shape == (STEPS, 15)
    np.testing.assert_allclose(path, stored[f"path/{case}"], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("case", CASES)
def test_stored_end_in_float32(case, stored):
    path = handgrad_path(case, stored, "float32")
    assert path.dtype == np.float32
    np.testing.assert_allclose(path[-1], stored[f"float32/{case}"], rtol=2e-5, atol=2e-6)


@pytest.mark.torch
@pytest.mark.parametrize("case", CASES)
def test_live_path(case, stored):
    pytest.importorskip("torch")
    np.testing.assert_allclose(handgrad_path(case, stored), torch_path(case, stored), rtol=1e-12, atol=1e-13)


@pytest.mark.torch
@pytest.mark.parametrize("case", CASES)
def test_live_path_in_float32(case, stored):
    pytest.importorskip("torch")
    np.testing.assert_allclose(
        handgrad_path(case, stored, "float32"), torch_path(case, stored, "float32"), rtol=2e-5, atol=2e-6
    )


@pytest.mark.torch
@pytest.mark.parametrize("case", CASES)
def test_live_path_with_a_rate_that_changes(case, stored):
    pytest.importorskip("torch")
    rates = np.linspace(0.1, 0.0, STEPS).tolist()
    np.testing.assert_allclose(
        handgrad_path(case, stored, rates=rates),
        torch_path(case, stored, rates=rates),
        rtol=1e-12,
        atol=1e-13,
    )


@pytest.mark.torch
@pytest.mark.parametrize("kind", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad"])
def test_arguments_have_pytorchs_order_and_defaults(kind):
    import inspect

    import handgrad.optim as optim

    torch = pytest.importorskip("torch")
    theirs = inspect.signature(getattr(torch.optim, kind)).parameters
    own = inspect.signature(getattr(optim, kind)).parameters
    positional = {name: p.default for name, p in own.items() if p.kind is p.POSITIONAL_OR_KEYWORD}
    expected = list(theirs.values())[1 : 1 + len(positional)]  # theirs begin with params
    assert list(positional.items()) == [(p.name, p.default) for p in expected]
