"""What an unknown key is answered with."""

import pytest

from handgrad.errors import RecipeError
from handgrad.recipes.values import check_keys


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("learning_rate", "did you mean 'lr'"),
        ("epsilon", ""),  # of an optimizer that has no eps
        ("nestrov", "did you mean 'nesterov'"),
        ("zzz", ""),
    ],
)
def test_the_nearest_key_or_the_one_of_the_same_meaning(key: str, hint: str) -> None:
    with pytest.raises(RecipeError) as caught:
        check_keys({key: 1}, ["lr", "momentum", "nesterov"], "optimizer")
    assert caught.value.hint == hint
