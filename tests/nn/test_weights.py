import json
import struct

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import handgrad as hg
from handgrad.errors import RunError, WeightsError
from handgrad.nn import layers_from_text, weights


def make_net(seed=0):
    layers = [
        hg.Conv2d(1, 2, 3),
        hg.BatchNorm2d(2),
        hg.Flatten(),
        hg.Sequential([hg.Linear(8, 3), hg.PReLU()]),
    ]
    return hg.Sequential(layers, seed, input_shape=(1, 4, 4))


def unchanged(net, before):
    after = net.state_dict()
    return after.keys() == before.keys() and all(after[n].tobytes() == before[n].tobytes() for n in before)


def test_state_dict_is_a_copy_both_ways():
    net = make_net()
    state = net.state_dict()
    state["0.weight"][...] = 9
    assert (net[0].weight.value != 9).all()
    arrays = [net[0].weight.value, net[1].running_mean.value]
    net.load_state_dict(state)
    state["0.weight"][...] = 8
    assert (net[0].weight.value == 9).all()
    assert net[0].weight.value is arrays[0]  # in place: an engine may hold the array
    assert net[1].running_mean.value is arrays[1]


def test_what_is_saved_is_loaded(tmp_path):
    net, other = make_net(1), make_net(2)
    net.forward(np.random.default_rng(0).normal(size=(5, 1, 4, 4)).astype("f"), training=True)
    net.save(tmp_path / "a.safetensors")
    other.load(str(tmp_path / "a.safetensors"))
    assert unchanged(other, net.state_dict())
    assert int(other[1].num_batches_tracked.value) == 1


def test_metadata_holds_the_architecture(tmp_path):
    net = make_net()
    weights.save(net, tmp_path / "a", {"recipe": "mine"})
    arrays, metadata = weights.read(tmp_path / "a")
    assert metadata["format"] == "handgrad-1"
    assert metadata["recipe"] == "mine"
    again = hg.Sequential(
        layers_from_text(json.loads(metadata["layers"])), input_shape=json.loads(metadata["input_shape"])
    )
    again.load_state_dict(arrays)
    assert repr(again) == repr(net)
    assert unchanged(again, net.state_dict())


def test_other_libraries_read_it(tmp_path):
    net = make_net()
    net.save(tmp_path / "a")
    assert sorted(load_file(tmp_path / "a")) == sorted(net.state_dict())
    for name, array in load_file(tmp_path / "a").items():
        np.testing.assert_array_equal(array, net.state_dict()[name])


def test_one_network_makes_one_file(tmp_path):
    contents = set()
    for _ in range(12):
        weights.save(make_net(), tmp_path / "a", {"normalisation": "{}", "recipe": "x"})
        contents.add((tmp_path / "a").read_bytes())
    assert len(contents) == 1
    (content,) = contents
    assert int.from_bytes(content[:8], "little") % 8 == 0


@pytest.mark.parametrize("way", ["state_dict", "file"])
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda s: s.pop("0.bias"), ["the 10 tensors of this network", "no '0.bias'"]),
        (lambda s: s.update({"7.weight": np.zeros(3, "f")}), ["an unknown '7.weight'"]),
        (lambda s: s.update({"0.weight": np.zeros((2, 1, 3, 4), "f")}),
         ["'0.weight' of shape (2, 1, 3, 4) instead of (2, 1, 3, 3)"]),
        (lambda s: s.update({"3.0.weight": np.zeros((8, 3), "f")}), ["(8, 3) instead of (3, 8)"]),
        (lambda s: s.update({"1.running_mean": np.zeros(3, "f")}), ["'1.running_mean'"]),
        (lambda s: s.update({"1.num_batches_tracked": np.zeros(1, "i8")}), ["(1,) instead of ()"]),
        (lambda s: (s.pop("3.1.weight"), s.update({"3.2.weight": np.zeros(1, "f")})),
         ["no '3.1.weight'", "an unknown '3.2.weight'"]),
        (lambda s: s.clear(), ["no '0.weight'", "and 4 more differences"]),
    ],
)  # fmt: skip
def test_loading_is_strict_and_all_or_nothing(spoil, words, way, tmp_path):
    net, state = make_net(1), make_net(2).state_dict()
    spoil(state)
    before = net.state_dict()
    save_file(state, tmp_path / "a.safetensors")
    load = net.load if way == "file" else net.load_state_dict
    with pytest.raises(WeightsError) as caught:
        load(tmp_path / "a.safetensors" if way == "file" else state)
    for word in [*words, "a.safetensors" if way == "file" else "state_dict"]:
        assert word in str(caught.value)
    assert unchanged(net, before)


def header(text):
    return struct.pack("<Q", len(text)) + text


BF16 = header(b'{"0.bias":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}') + bytes(4)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"not weights at all", b"PK\x03\x04 a zip" * 9, header(b"{}")[:-1], header(b"{oops}"),
        struct.pack("<Q", 1 << 60) + b"{}", BF16, "cut", "cut by one", "a flipped bit in the header",
    ],
    ids=lambda content: str(content)[:24],
)  # fmt: skip
def test_files_that_are_no_safetensors(content, tmp_path):
    path, net = tmp_path / "a.safetensors", make_net(1)
    make_net(2).save(path)
    whole = path.read_bytes()
    known = {
        "cut": whole[: len(whole) // 2],
        "cut by one": whole[:-1],
        "a flipped bit in the header": whole[:8] + bytes([whole[8] ^ 1]) + whole[9:],
    }
    path.write_bytes(known[content] if isinstance(content, str) else content)
    before = net.state_dict()
    with pytest.raises(WeightsError, match="expected a whole safetensors file"):
        net.load(path)
    assert unchanged(net, before)


def test_no_file_a_folder_and_no_place(tmp_path):
    net = make_net()
    with pytest.raises(WeightsError, match="expected a safetensors file, got no such file"):
        net.load(tmp_path / "missing")
    with pytest.raises(WeightsError):
        net.load(tmp_path)
    (tmp_path / "file").write_bytes(b"mine")
    for place in (tmp_path / "missing" / "a", tmp_path / "file" / "a", tmp_path):
        with pytest.raises(RunError, match="expected a place to write to"):
            net.save(place)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_precision_follows_the_network(tmp_path):
    double = hg.Sequential([hg.Linear(3, 2)], 1, dtype=np.float64)
    double.save(tmp_path / "a")
    again = hg.Sequential([hg.Linear(3, 2)], 2, dtype=np.float64)
    again.load(tmp_path / "a")
    assert unchanged(again, double.state_dict())
    single = hg.Sequential([hg.Linear(3, 2)], 2)
    single.load(tmp_path / "a")
    assert single[0].weight.value.dtype == np.float32
    np.testing.assert_array_equal(single[0].weight.value, double[0].weight.value.astype("f"))
