import json

import numpy as np
import pytest

from handgrad.errors import ArgumentError, RunError
from handgrad.exchange import export_npz, export_safetensors
from handgrad.nn import Linear, Sequential, layers_from_text
from handgrad.nn.weights import read
from tests.exchange.networks import LAYERS, network

EXPORTS = {"npz": export_npz, "safetensors": export_safetensors}


def arrays_in(path):
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    return read(path)[0]


@pytest.mark.parametrize("kind", EXPORTS)
@pytest.mark.parametrize("name", LAYERS)
def test_the_file_holds_the_state_dict(tmp_path, kind, name):
    net, path = network(name, 3), tmp_path / f"net.{kind}"
    EXPORTS[kind](net, path)
    found, state = arrays_in(path), net.state_dict()
    assert set(found) == set(state)
    for own, array in state.items():
        assert found[own].dtype == array.dtype
        np.testing.assert_array_equal(found[own], array)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_the_metadata_hold_the_architecture(tmp_path):
    net = network("conv, every option", 3)
    export_safetensors(net, tmp_path / "net")
    texts = json.loads(read(tmp_path / "net")[1]["layers"])
    assert repr(layers_from_text(texts)) == repr(net.layers)


@pytest.mark.parametrize("kind", EXPORTS)
class TestBothFormats:
    def test_one_network_one_file(self, tmp_path, kind):
        for name in "ab":
            EXPORTS[kind](network("batch norm", 1), tmp_path / name)
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()

    def test_a_path_as_text(self, tmp_path, kind):
        EXPORTS[kind](network("softmax", 1), str(tmp_path / "net"))
        assert (tmp_path / "net").is_file()

    def test_float64_stays(self, tmp_path, kind):
        path = tmp_path / f"net.{kind}"
        EXPORTS[kind](network("prelu", 1, np.float64), path)
        assert {array.dtype for array in arrays_in(path).values()} == {np.dtype(np.float64)}

    def test_a_size_still_open(self, tmp_path, kind):
        with pytest.raises(ArgumentError, match=f"export_{kind}: layer 0, Linear"):
            EXPORTS[kind](Sequential([Linear(None, 2)]), tmp_path / "net")
        assert not any(tmp_path.iterdir())

    def test_a_folder_that_is_not_there(self, tmp_path, kind):
        with pytest.raises(RunError, match="No such file"):
            EXPORTS[kind](network("softmax", 1), tmp_path / "missing" / "net")

    def test_a_folder_in_the_place_of_the_file(self, tmp_path, kind):
        (tmp_path / "net").mkdir()
        with pytest.raises(RunError, match="irectory"):
            EXPORTS[kind](network("softmax", 1), tmp_path / "net")
        assert [file.name for file in tmp_path.iterdir()] == ["net"]


@pytest.mark.torch
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", LAYERS)
def test_pytorch_loads_it_strictly_and_computes_the_same(tmp_path, name, channels):
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file

    from tests.exchange.torch_twins import twin

    net, x = (
        network(name, channels),
        np.random.default_rng(0).normal(size=(4, channels, 8, 9)).astype(np.float32),
    )
    export_safetensors(net, tmp_path / "net.safetensors")
    model = twin(net)
    model.load_state_dict(load_file(tmp_path / "net.safetensors"), strict=True)
    with torch.no_grad():
        y = model.eval()(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(net.forward(x)[0], y, rtol=1e-5, atol=1e-5)
