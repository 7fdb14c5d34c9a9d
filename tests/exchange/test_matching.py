import re

import pytest

from handgrad.errors import WeightsError
from handgrad.exchange.matching import common_prefix, match_by_shape


@pytest.mark.parametrize(
    ("names", "prefix"),
    [
        (["module.0.weight", "module.0.bias"], "module."),
        (["model.conv1.weight"], "model."),
        (["net.0.weight", "net.3.weight"], "net."),
        (["layers.0.weight"], "layers."),
        (["_orig_mod.module.net.0.weight", "_orig_mod.module.net.0.bias"], "_orig_mod.module.net."),
        (["module.0.weight", "1.weight"], ""),
        (["module.0.weight", "model.1.weight"], ""),
        (["modules.0.weight"], ""),
        ([], ""),
    ],
)
def test_a_prefix_is_one_that_all_names_have(names, prefix):
    assert common_prefix(names) == prefix


def layer(name, *shape, bias=True):
    return {f"{name}.weight": shape} | ({f"{name}.bias": shape[:1]} if bias else {})


def layers_matched(network, file):
    matched = match_by_shape("file", network, file)
    assert list(matched) == list(network)
    assert sorted(matched.values()) == sorted(file)
    assert {a.rpartition(".")[2] == b.rpartition(".")[2] for a, b in matched.items()} == {True}
    return {a.rpartition(".")[0]: b.rpartition(".")[0] for a, b in matched.items()}


def test_shapes_alone_where_they_differ():
    network = layer("0", 4, 1, 3, 3) | layer("3", 16, 64) | layer("5", 10, 16)
    file = layer("a", 10, 16) | layer("b", 16, 64) | layer("c", 4, 1, 3, 3)
    assert layers_matched(network, file) == {"0": "c", "3": "b", "5": "a"}


def test_a_weight_without_a_bias_is_another_kind_of_layer():
    network = layer("0", 4, 4, bias=False) | layer("1", 4, 4)
    assert layers_matched(network, layer("a", 4, 4) | layer("b", 4, 4, bias=False)) == {"0": "b", "1": "a"}


def test_layers_alike_in_the_order_of_their_numbers():
    network = layer("0", 4, 4) | layer("2", 4, 4) | layer("10", 4, 4)
    file = layer("fc10", 4, 4) | layer("fc2", 4, 4) | layer("fc1", 4, 4)
    assert layers_matched(network, file) == {"0": "fc1", "2": "fc2", "10": "fc10"}


def test_numbers_count_from_the_left():
    network = layer("0", 4, 4) | layer("1", 4, 4) | layer("2", 4, 4)
    file = layer("block2.conv1", 4, 4) | layer("block1.conv2", 4, 4) | layer("block1.conv1", 4, 4)
    assert list(layers_matched(network, file).values()) == ["block1.conv1", "block1.conv2", "block2.conv1"]


def test_a_module_that_is_one_layer():
    assert match_by_shape("file", layer("0", 4, 2), {"weight": (4, 2), "bias": (4,)}) == {
        "0.weight": "weight",
        "0.bias": "bias",
    }


@pytest.mark.parametrize(
    "names",
    [("encoder", "decoder"), ("fc", "fc2"), ("fc01", "fc1")],
    ids=["words", "one number", "one value"],
)
def test_layers_alike_without_an_order_are_ambiguous(names):
    file = layer(names[0], 4, 4) | layer(names[1], 4, 4)
    with pytest.raises(WeightsError, match=r"in one way only.*, all alike, for 0, 2.*rename") as caught:
        match_by_shape("file", layer("0", 4, 4) | layer("2", 4, 4), file)
    for name in ("0.weight (4, 4)", "2.bias (4,)", f"{names[0]}.weight (4, 4)", f"{names[1]}.bias (4,)"):
        assert name in str(caught.value)


@pytest.mark.parametrize(
    "file",
    [
        {},
        layer("a", 4, 4),
        layer("a", 4, 4) | layer("b", 2, 4) | layer("c", 2, 4),
        layer("a", 4, 4) | layer("b", 2, 4, bias=False),
        layer("a", 4, 4) | layer("b", 4, 2),
        layer("a", 4, 4) | layer("b", 2, 4) | {"b.scale": (2,)},
    ],
    ids=["nothing", "missing", "extra layer", "no bias", "misshapen", "extra tensor"],
)
def test_layers_that_do_not_pair_off(file):
    with pytest.raises(
        WeightsError, match=r"pair off.*0\.weight \(4, 4\).* in the network; .* in the file"
    ) as caught:
        match_by_shape("the file", layer("0", 4, 4) | layer("1", 2, 4), file)
    assert re.match("the file: ", str(caught.value))
    for name, shape in file.items():
        assert f"{name} {shape}" in str(caught.value)
