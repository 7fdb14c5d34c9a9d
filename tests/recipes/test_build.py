"""From recipes to networks and trainings: every recipe builds, counts what it states, and learns."""

from dataclasses import replace

import numpy as np
import pytest

from handgrad.data import (
    Compose,
    Dataset,
    ElasticTransform,
    Normalisation,
    RandomAffine,
    Splits,
    load_digits,
)
from handgrad.errors import RecipeError
from handgrad.nn import Linear
from handgrad.optim import SGD, Adam, ClipGradNorm, ExponentialMovingAverage, StepLR
from handgrad.recipes import (
    build_network,
    build_run,
    build_training,
    find_recipe,
    normalisation,
    override,
    parse_recipe,
    prepare,
    recipe_names,
)

WEIGHTS_ALONE = {"thu-cnn1": 2143, "thu-mlp": 109_184}  # courses' own counts leave biases out
LENET = {"momentum": 0.9, "weight_decay": 0.0005, "decay_bias": False, "bias_lr_multiplier": 2.0}
THU = {"momentum": 0.9, "weight_decay": 0.0001}
DOCUMENTS = {  # batch size, length and optimizer as far as the courses' documents give them
    "lenet": (64, {"steps": 10_000, "every": 500, "log_every": 100}, {"lr": 0.01, **LENET}),
    "hw5": (100, {"epochs": 2, "log_every": 50, "every": 200}, {"momentum": 0.9, "momentum_form": "average"}),
    "mlp": (256, {"epochs": 100}, {"lr": 0.256}),
    "convnet": (256, {"epochs": 100}, {"lr": 0.001, "momentum": 0.9}),
    "thu-cnn1": (100, {"epochs": 100}, {"lr": 0.01, **THU}),
    "thu-cnn2": (100, {"epochs": 30}, {"lr": 0.1, **THU}),
    "fast": (128, {"steps": 860}, {"lr": 0.01, "betas": [0.7, 0.9]}),  # our own
    "thu-mlp": (100, {}, {}),  # its settings are ours to choose
    "mnistnet": (30, {"epochs": 2, "every": 100}, {"lr": 0.0005, "weight_decay": 0.001, "decay_bias": False}),
}
SPLITS = {"mnistnet": (12_000, None), "mlp": (None, 5000), "convnet": (None, 5000), "fast": (5000, None)}
PARAMETERS = {
    **{"lenet": 431_080, "hw5": 607_394, "mlp": 50_890, "convnet": 44_426},
    **{"thu-cnn1": 2160, "thu-cnn2": 204_778, "thu-mlp": 109_386, "mnistnet": 106_166, "fast": 62_562},
}


@pytest.fixture(scope="module")
def digits() -> Splits:
    return load_digits()


@pytest.mark.parametrize("name", recipe_names())
def test_hyper_parameters_are_those_of_the_documents(name: str) -> None:
    recipe, (batch_size, length, optimizer) = find_recipe(name), DOCUMENTS[name]
    assert recipe.train.batch_size == batch_size
    assert vars(recipe.train).items() >= length.items()
    assert recipe.optimizer.items() >= optimizer.items()
    assert recipe.expects.parameters == PARAMETERS[name]
    assert (recipe.data.validation, recipe.data.validation_images) == SPLITS.get(name, (None, None))
    if name.startswith("thu"):
        assert normalisation(recipe).mean == 128 / 255


def test_schedules_are_those_of_the_documents() -> None:
    def rate(name: str, step: int) -> float:
        network = build_network(find_recipe(name))
        run = build_run(find_recipe(name), network, engine="reference", threads=1)
        assert run.schedule is not None
        return float(run.schedule(step, run.optimizer.lr, total_steps=None))

    assert rate("lenet", 7000) == pytest.approx(0.01 / (1 + 0.0001 * 7000) ** 0.75)
    assert [rate("mnistnet", step) for step in (0, 999, 1000, 2999)] == [0.0005, 0.0005, 0.00025, 0.000125]


@pytest.mark.parametrize("name", recipe_names())
def test_it_has_the_parameters_that_it_states_and_one_step_changes_them_all(
    name: str, digits: Splits
) -> None:
    recipe = override(find_recipe(name), ["data.train_images=100", "train.steps=1", "train.batch_size=10"])
    network = build_network(recipe)
    arrays = {key: item.value for key, item in network.parameters().items()}
    assert sum(array.size for array in arrays.values()) == recipe.expects.parameters
    if name in WEIGHTS_ALONE:
        assert sum(a.size for key, a in arrays.items() if key.endswith("weight")) == WEIGHTS_ALONE[name]
    before = {key: array.copy() for key, array in arrays.items()}
    run = build_run(recipe, network, engine="reference", threads=1)
    record = build_training(recipe, run, prepare(recipe, digits)).advance()
    assert record is not None
    assert 0 < record.loss < 10
    assert all((arrays[key] != before[key]).any() for key in before)


@pytest.mark.parametrize("name", recipe_names())
def test_it_learns(name: str, digits: Splits) -> None:
    """Thirty steps of Adam on thirty images bring the loss down."""
    settings = ["data.train_images=30", "train.steps=30", "train.batch_size=30", "train.log_every=1"]
    quick = ["optimizer.type=Adam", "optimizer.lr=0.005", "data.validation_images=1"]
    recipe = override(find_recipe(name), [*settings, *quick])
    run = build_run(recipe, build_network(recipe), engine="reference", threads=1)
    training = build_training(recipe, run, prepare(recipe, digits))
    records = [training.advance() for _ in range(training.total)]
    losses = [record.loss for record in records if record]
    assert len(losses) == 30
    assert losses[-1] < 0.7 * losses[0]


def test_first_values_are_the_recipe_s() -> None:
    lenet = build_network(find_recipe("lenet"))
    assert all((item.value == 0).all() for key, item in lenet.parameters().items() if key.endswith("bias"))
    assert np.abs(lenet[0].weight.value).max() <= np.sqrt(3 / (28 * 28))
    hw5 = build_network(find_recipe("hw5"))
    assert (hw5[0].bias.value == np.float32(0.01)).all()
    assert hw5[4].weight.value.std() == pytest.approx(np.sqrt(2 / 4732), rel=0.01)
    mnistnet = build_network(find_recipe("mnistnet"))
    assert mnistnet[3].weight.value.std() == pytest.approx(0.001, rel=0.1)
    assert mnistnet[7].bias.value.std() == pytest.approx(0.01, rel=0.2)
    other = build_network(override(find_recipe("lenet"), ["train.seed=1"]))
    assert (lenet[5].weight.value != other[5].weight.value).any()


def test_a_layer_s_own_initialiser_goes_before_the_recipe_s() -> None:
    layers = 'network.layers=["Flatten()", "Linear(784, 10, weight_init=Constant(2.0))"]'
    network = build_network(override(find_recipe("hw5"), [layers]))
    assert (network[1].weight.value == 2).all()
    assert (network[1].bias.value == np.float32(0.01)).all()


def test_all_that_a_recipe_names_is_bound() -> None:
    text = """
        name = "all"
        [network]
        layers = ["Flatten()", "Mine(784, 10)"]
        [optimizer]
        type = "Adam"
        betas = [0.8, 0.9]
        [schedule]
        type = "StepLR"
        step_size = 3
        [clip]
        type = "ClipGradNorm"
        max_norm = 2
        [average]
        type = "ExponentialMovingAverage"
        decay = 0.9
    """

    class Mine(Linear):
        pass

    recipe = parse_recipe(text, "all.toml")
    network = build_network(recipe, {"Mine": Mine})
    run = build_run(recipe, network, engine="reference", threads=1)
    assert isinstance(network[1], Mine)
    assert run.optimizer == Adam(betas=(0.8, 0.9))
    assert (run.schedule, run.clip) == (StepLR(3), ClipGradNorm(2))
    assert run.average == ExponentialMovingAverage(0.9)
    with pytest.raises(RecipeError, match="type, one of SGD"):
        build_run(replace(recipe, optimizer={}), network, engine="reference", threads=1)
    assert build_run(find_recipe("mlp"), network, engine="reference", threads=1).optimizer == SGD(lr=0.256)


def test_watch_and_augment(digits: Splits) -> None:
    settings = ["train.watch_every=5", "augment.type=RandomAffine", "augment.degrees=[-5, 10]"]
    recipe = override(find_recipe("mlp"), settings)
    run = build_run(recipe, build_network(recipe), engine="reference", threads=1)
    training = build_training(recipe, run, digits)
    assert training.watch == {"test": digits.test}
    assert isinstance(training.augment, RandomAffine)
    assert training.validation is digits.validation


def test_several_augmentations_come_one_after_the_other(digits: Splits) -> None:
    def augmentation(setting: str) -> object:
        recipe = override(find_recipe("mlp"), [setting])
        run = build_run(recipe, build_network(recipe), engine="reference", threads=1)
        return build_training(recipe, run, digits).augment

    both = 'augment=[{type="RandomAffine", degrees=[-5, 10]}, {type="ElasticTransform", alpha=60}]'
    assert augmentation(both) == Compose([RandomAffine(degrees=(-5, 10)), ElasticTransform(alpha=60)])
    assert augmentation("augment.type=ElasticTransform") == ElasticTransform()
    assert augmentation("augment=[]") is None
    with pytest.raises(RecipeError, match=r"augment\[1\]: .* did you mean ElasticTransform"):
        augmentation('augment=[{type="RandomAffine"}, {type="ElasticTransfrom"}]')
    with pytest.raises(RecipeError, match=r"augment\[0\]: expected sigma"):
        augmentation('augment=[{type="ElasticTransform", sigma=0}]')


def test_prepare_limits_and_normalises(digits: Splits) -> None:
    recipe = override(find_recipe("mlp"), ["data.train_images=9", "data.mean=0.5", "data.std=[2]"])
    made = prepare(recipe, digits)
    assert (len(made.train), len(made.validation), len(made.test)) == (9, 250, 250)
    assert made.test.normalisation == normalisation(recipe) == Normalisation(0.5, (2.0,))


def test_images_that_do_not_fit(digits: Splits) -> None:
    part = Dataset(np.zeros((9, 3, 8, 8), np.uint8), [0] * 9, name="colours")
    recipe = find_recipe("mlp")
    with pytest.raises(RecipeError, match=r"\[3, 8, 8\], the shape of the images of colours"):
        prepare(recipe, Splits(part, part, part))
    run = build_run(recipe, build_network(recipe), engine="reference", threads=1)
    with pytest.raises(RecipeError, match="colours"):
        build_training(recipe, run, Splits(part, part, part))
    many = Dataset(np.zeros((11, 28, 28), np.uint8), list(range(11)), name="letters")
    with pytest.raises(RecipeError, match="at least 11 outputs, one for each class of letters, got 10"):
        build_training(recipe, run, Splits(many, many, many))
