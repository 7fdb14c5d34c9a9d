"""Templates: signatures and docstrings come from the adapter, bodies stay."""

from types import ModuleType

import pytest

from handgrad.courses import hw5
from handgrad.courses.handouts.template import YOURS, filled, open_names
from handgrad.courses.hw5 import nn_layers
from handgrad.courses.thu import network

TEMPLATE = '''"""Ours."""


class nn_fc_layer:
    def __init__():
        self.W = std

    @open
    def forward():
        return 0.0

    def own(self, x):
        return x


@open
def nothing(x):
    return 0.0
'''


def test_what_is_open_in_the_order_of_the_template() -> None:
    assert open_names(TEMPLATE) == ["nn_fc_layer.forward", "nothing"]


def test_signatures_and_docstrings_are_the_adapter_s() -> None:
    lines = filled(TEMPLATE, nn_layers).splitlines()
    assert "    def __init__(self, input_size, output_size, std=1):" in lines
    assert "    def forward(self, x):" in lines
    assert "    def own(self, x):" in lines
    assert lines.count(f"        {YOURS}") == 1
    place = lines.index(f"        {YOURS}")
    assert lines[place + 1] == "        return 0.0"
    assert "(batch_size, output_size)." in lines[place - 1]
    assert lines[4].startswith('    """A fully connected layer')
    assert not any("Raises" in line for line in lines)


def test_a_docstring_of_the_template_stays() -> None:
    text = filled('class nn_fc_layer:\n    """Mine."""\n\n    x = 1\n', nn_layers)
    assert text == 'class nn_fc_layer:\n    """Mine."""\n\n    x = 1\n'


def test_what_is_given_is_the_adapter_s_own_text() -> None:
    text = filled("@given\nclass Network: ...\n", network)
    space: dict[str, type] = {}
    exec(text, space)  # runs without handgrad's names
    assert space["Network"]().num_layers == 0
    assert "Layer]" not in text


def test_what_the_adapter_does_not_have_cannot_be_given() -> None:
    with pytest.raises(AssertionError, match="no Nothing"):
        filled("@given\nclass Nothing: ...\n", network)


def test_names_that_are_no_definitions_are_left_alone() -> None:
    module = ModuleType("own")
    module.size = 3  # type: ignore[attr-defined]
    assert filled("def size(x):\n    return x\n", module) == "def size(x):\n    return x\n"
    assert hw5.__all__
