"""Recipes as files: what may stand in them, that they survive being written, and those of the library."""

import pytest

from handgrad.errors import RecipeError
from handgrad.recipes import find_recipe, override, parse_recipe, recipe_names

NAMES = ["convnet", "fast", "hw5", "lenet", "mlp", "mnistnet", "thu-cnn1", "thu-cnn2", "thu-mlp"]


def test_the_library_brings_the_recipes_of_all_courses() -> None:
    assert recipe_names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_written_and_read_again_it_is_the_same(name: str) -> None:
    recipe = find_recipe(name)
    assert parse_recipe(recipe.to_toml(), name) == recipe
    assert recipe.to_toml() == parse_recipe(recipe.to_toml(), name).to_toml()
    assert recipe.name == name
    assert recipe.description.endswith(".")
    assert recipe.source
    assert recipe.expects.claim


def test_awkward_values_survive_too() -> None:
    recipe = override(
        find_recipe("lenet"),
        [
            "optimizer.lr=1e-17",
            "optimizer.weight_decay=0.1",
            "train.patience=3",
            'description="two\\nlines, a \\"quote\\" and é"',
            "data.mean=[0.1, 0.2, 0.30000000000000004]",
            "schedule.type=OneCycleLR",
            "schedule.max_lr=inf",
        ],
    )
    assert parse_recipe(recipe.to_toml(), "x") == recipe


AFFINE = '[augment]\ntype = "RandomAffine"\ndegrees = 10'


def test_one_augmentation_or_several() -> None:
    one = parse_recipe(f'name = "x"\n{AFFINE}', "x.toml")
    assert one.augment == {"type": "RandomAffine", "degrees": 10}
    elastic = '[[augment]]\ntype = "ElasticTransform"'
    several = parse_recipe(f'name = "x"\n{AFFINE.replace("[augment]", "[[augment]]")}\n{elastic}', "x.toml")
    assert several.augment == [one.augment, {"type": "ElasticTransform"}]
    for recipe in (one, several):
        assert parse_recipe(recipe.to_toml(), "x") == recipe


def test_defaults_and_empty_tables() -> None:
    recipe = parse_recipe('name = "x"\n[loss]\n[clip]\n[train]', "x.toml")
    assert recipe == parse_recipe('name = "x"', "x.toml")
    assert recipe.loss == {"type": "CrossEntropyLoss"}
    assert parse_recipe(recipe.to_toml(), "x") == recipe


@pytest.mark.parametrize(
    ("text", "where", "says"),
    [
        ("[data]\nstd = true", "x.toml: data.std", "a number, or a list of numbers, got True"),
        ("[train]\nseed = 1.0", "x.toml: train.seed", "a whole number, got 1.0"),
        ("[train]\nepochs = '3'", "x.toml: train.epochs", "a whole number, got '3'"),
        ("[network]\nlayers = 'ReLU()'", "x.toml: network.layers", "a list of texts in quotes"),
        ("[network]\nlayers = [1]", "x.toml: network.layers", "a list of texts in quotes"),
        ("[network]\ninput_shape = [1, 28, '28']", "x.toml: network.input_shape", "whole numbers"),
        ("[data]\nname = 2020-01-01", "x.toml: data.name", "a text in quotes"),
        ("[[train]]\nseed = 1", "x.toml: train", "a table"),
        ("[[loss]]\ntype = 'MSELoss'", "x.toml: loss", "a table, got"),
        ("[trainn]", "x.toml", "did you mean 'train'"),
        ("[expects]\nparameter = 3", "x.toml: expects", "did you mean 'parameters'"),
    ],
)
def test_a_wrong_key_or_kind_of_value(text: str, where: str, says: str) -> None:
    with pytest.raises(RecipeError) as error:
        parse_recipe(f'name = "x"\n{text}', "x.toml")
    assert error.value.where == where
    assert says in str(error.value)


def test_find_recipe_reads_a_file_and_names_the_nearest(tmp_path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(find_recipe("mlp").to_toml())
    assert find_recipe(str(path)) == find_recipe("mlp")
    with pytest.raises(RecipeError, match="did you mean mnistnet"):
        find_recipe("mnisnet")
