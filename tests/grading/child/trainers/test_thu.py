import numpy as np
import pytest

from handgrad.courses.thu.loss import SoftmaxCrossEntropyLoss
from handgrad.grading.child.trainers.thu import CONFIG
from handgrad.grading.rules import RULES
from handgrad.recipes import build_network, find_recipe
from tests.grading.child.trainers.made import begun, digits
from tests.grading.in_process import adapter

RECIPES = {"experiment-1": "thu-cnn1", "experiment-2": "thu-cnn2", "thu-mlp": "thu-mlp"}


@pytest.mark.parametrize(("protocol", "name"), RECIPES.items())
def test_networks_and_rules_are_those_of_the_recipes(protocol, name):
    recipe, rule = find_recipe(name), RULES[protocol]
    trainer = begun(protocol, adapter(protocol))
    theirs = build_network(recipe).parameters().values()
    own = [getattr(layer, part) for layer in trainer.model.layer_list if layer.trainable for part in "Wb"]
    assert [array.size for array in own] == [item.value.size for item in theirs]
    for array, item in zip(own, theirs, strict=True):
        assert np.std(array) == pytest.approx(np.std(item.value), rel=0.4)
    names = ("lr", "momentum", "weight_decay")
    settings = [rule.settings[name] for name in CONFIG]
    if protocol != "thu-mlp":  # whose recipe has a schedule, which the course's config cannot say
        assert settings == [recipe.optimizer[name] for name in names]
    assert (rule.batch_size, rule.epochs) == (recipe.train.batch_size, recipe.train.epochs)


def test_a_step_is_the_courses_own():
    images, labels = digits()
    trainer, twin = (begun("experiment-1", adapter("experiment-1")) for _ in range(2))
    told = [trainer.step(images[:10], labels[:10]) for _ in range(2)]
    model, loss, own = twin.model, SoftmaxCrossEntropyLoss("own"), []
    x, target = (images[:10].reshape(10, 1, 28, 28) - 128.0) / 255, np.eye(10)[labels[:10]]
    for _ in range(2):
        output = model.forward(x)
        own.append(loss.forward(output, target))
        model.backward(loss.backward(output, target))
        model.update({"learning_rate": 0.01, "momentum": 0.9, "weight_decay": 0.0001})
    assert told == own
    assert np.array_equal(trainer.predict(images[:10]), model.forward(x))
