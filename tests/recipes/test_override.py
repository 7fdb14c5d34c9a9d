"""``--set``: every kind of value, what clears what, and what is refused."""

import pytest

from handgrad.errors import RecipeError
from handgrad.recipes import find_recipe, override

LENET = find_recipe("lenet")


@pytest.mark.parametrize(
    ("setting", "section", "key", "value"),
    [
        ("train.seed=7", "train", "seed", 7),
        ("data.std=2", "data", "std", 2),
        ("data.mean=0.25", "data", "mean", 0.25),
        ("data.mean=[0.25]", "data", "mean", [0.25]),
        ("train.keep_best=true", "train", "keep_best", True),
        ("data.name=digits", "data", "name", "digits"),
        ('data.name="my folder"', "data", "name", "my folder"),
        ("data.name=/some/folder", "data", "name", "/some/folder"),
        (" train.patience = 4 ", "train", "patience", 4),
        ('network.layers=["Flatten()"]', "network", "layers", ["Flatten()"]),
        ("network.weight_init=Normal(std=0.1)", "network", "weight_init", "Normal(std=0.1)"),
        ("network.bias_init=", "network", "bias_init", ""),
        ("data.name=a=b", "data", "name", "a=b"),
    ],
)
def test_a_value_of_each_kind(setting: str, section: str, key: str, value: object) -> None:
    changed = override(LENET, [setting])
    assert getattr(getattr(changed, section), key) == value
    untouched = {"data", "network", "train", "optimizer", "schedule"} - {section}
    assert all(getattr(changed, name) == getattr(LENET, name) for name in untouched)


def test_tables_by_type() -> None:
    changed = override(LENET, ["optimizer.lr=0.02", "optimizer.nesterov=true"])
    assert changed.optimizer == {**LENET.optimizer, "lr": 0.02, "nesterov": True}
    assert LENET.optimizer["lr"] == 0.01  # as it was


@pytest.mark.parametrize("order", [1, -1])
def test_a_type_starts_its_section_afresh_wherever_it_stands(order: int) -> None:
    changed = override(LENET, ["optimizer.type=Adam", "optimizer.lr=0.002"][::order])
    assert changed.optimizer == {"type": "Adam", "lr": 0.002}
    assert changed.schedule == LENET.schedule


def test_epochs_and_steps_clear_each_other() -> None:
    by_epochs = override(LENET, ["train.epochs=3"]).train
    assert (by_epochs.epochs, by_epochs.steps) == (3, None)
    by_steps = override(find_recipe("mlp"), ["train.steps=40"]).train
    assert (by_steps.epochs, by_steps.steps) == (None, 40)
    with pytest.raises(RecipeError, match="either epochs or steps"):
        override(LENET, ["train.steps=40", "train.epochs=3"])


def test_the_last_of_two_counts() -> None:
    assert override(LENET, ["train.seed=1", "train.seed=2"]).train.seed == 2
    assert override(LENET, ["name=mine"]).name == "mine"
    assert override(LENET, []) == LENET


@pytest.mark.parametrize(
    ("setting", "hint"),
    [
        ("optimiser.lr=1", "did you mean optimizer.lr"),
        ("train.epoch=1", "did you mean 'epochs'"),
        ("epochs=1", "did you mean train.epochs"),
        ("layers=[]", "did you mean network.layers"),
        ("lr=1", "did you mean optimizer.lr"),
        ("nam=x", "did you mean name"),
    ],
)
def test_the_nearest_is_named(setting: str, hint: str) -> None:
    with pytest.raises(RecipeError) as error:
        override(LENET, [setting])
    assert error.value.hint == hint


@pytest.mark.parametrize("setting", ["", "=", "=3", "train.=3", ".seed=3", "train.seed", "a.b.c=1", "data=1"])
def test_no_setting_at_all(setting: str) -> None:
    with pytest.raises(RecipeError):
        override(LENET, [setting])


BOTH = 'augment=[{type="RandomAffine", degrees=10}, {type="ElasticTransform"}]'


def test_several_augmentations_are_given_as_a_whole() -> None:
    both = override(LENET, [BOTH])
    assert both.augment == [{"type": "RandomAffine", "degrees": 10}, {"type": "ElasticTransform"}]
    assert override(both, ["augment.type=RandomAffine", "augment.degrees=3"]).augment == {
        "type": "RandomAffine",
        "degrees": 3,
    }
    assert override(both, ["augment=[]"]).augment == {}
    assert override(both, ["train.seed=3"]).augment == both.augment
    with pytest.raises(RecipeError, match=r"augment\.degrees: expected augment as a whole"):
        override(both, ["augment.degrees=5"])
    for value in ("3", "[3]", "RandomAffine"):
        with pytest.raises(RecipeError, match="a table, or a list of tables"):
            override(LENET, [f"augment={value}"])
