import pytest

import handgrad as hg
from handgrad.errors import ArgumentError, RecipeError
from handgrad.nn import initialiser_from_text, layers_from_text


def test_several_layers():
    layers = layers_from_text(["Conv2d(1, 20, 5)", "ReLU( )", "MaxPool2d(kernel_size=2)"])
    assert list(map(repr, layers)) == ["Conv2d(1, 20, 5)", "ReLU()", "MaxPool2d(2)"]


def test_initialisers_in_a_layers_text_are_used_but_not_printed():
    text = "Linear(3, 4, weight_init=Constant(2), bias_init=Normal(5.0, std=0.0))"
    (layer,) = layers_from_text([text])
    assert (layer.weight.value == 2).all()
    assert (layer.bias.value == 5).all()
    assert repr(layer) == "Linear(3, 4)"


def test_an_initialiser_alone():
    assert initialiser_from_text("KaimingNormal(mode='fan_out')", "here") == hg.KaimingNormal(mode="fan_out")
    for text in ("ReLU()", "3", "Normal", "Norm(1)"):
        with pytest.raises(RecipeError, match="here"):
            initialiser_from_text(text, "here")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Conv2D(1, 20, 5)", ["layer 1, 'Conv2D(1, 20, 5)'", "got Conv2D", "Hint: did you mean Conv2d"]),
        ("Conv2d(1, 20)", ["arguments that Conv2d takes", "kernel_size"]),
        ("Conv2d(1, 20, 5, dilation=2)", ["arguments that Conv2d takes", "dilation"]),
        ("Linear(1, 20, size=open('x'))", ["got open"]),
        ("__import__('os').system('echo')", ["numbers, texts, tuples and known names"]),
        ("Linear(1, 1 + x)", ["numbers, texts, tuples and known names", "got 1 + x"]),
        ("Linear(1, 20", ["a call such as"]),
        ("", ["a call such as"]),
        ("ReLU", ["got ReLU"]),
        ("3", ["a call such as"]),
        ("[ReLU()]", ["a call such as"]),
        ("Normal(0, 1)", ["got Normal"]),
        ("Sequential([ReLU(), 3])", ["a layer", "got 3"]),
    ],
)
def test_texts_that_are_no_layer(text, words):
    with pytest.raises((RecipeError, ArgumentError)) as caught:
        layers_from_text(["ReLU()", text])
    assert "layer 1" in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_a_value_that_makes_no_sense_is_the_layers_own_error():
    with pytest.raises(ArgumentError, match=r"layer 0, 'Dropout\(2\)': expected p, the share dropped"):
        layers_from_text(["Dropout(2)"])


def test_nothing_is_executed(tmp_path):
    mark = tmp_path / "mark"
    with pytest.raises(RecipeError):
        layers_from_text([f"Linear(open({str(mark)!r}, 'w'), 3)"])
    assert not mark.exists()


def test_own_layers_may_replace_the_librarys():
    class ReLU(hg.ReLU):
        pass

    (layer,) = layers_from_text(["ReLU()"], own={"ReLU": ReLU})
    assert type(layer) is ReLU
