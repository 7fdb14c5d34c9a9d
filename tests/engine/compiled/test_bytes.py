"""`train_on` reads byte images by a kernel: every step is that of the normalised batch, to the bit."""

from typing import Any

import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import DataError, ShapeError
from tests.engine.engine_cases import make_data, make_run, same

RNG = np.random.default_rng(0)
GREY = make_data()
COLOUR = hg.Dataset(RNG.integers(0, 256, (50, 3, 7, 6), dtype=np.uint8), RNG.integers(0, 3, 50))
SETS = {"grey": GREY, "colour": COLOUR}
NORMALISATIONS = {
    "grey": [(0.0, 1.0), (0.1307, 0.3081), (0.5, 1.0), (0.0, 0.25), ((0.2,), (0.3,)), (-0.1, -2.0)],
    "colour": [
        (0.0, 1.0), (0.4, 0.2), ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)), ((0.0, 0.3, 0.0), 1.0),
        (0.1, (1.0, 2.0, 1.0)),
    ],
}  # fmt: skip


def make_net(dataset: hg.Dataset, first: Any = None) -> hg.Sequential:
    channels = dataset.input_shape[0]
    layers = [
        hg.Conv2d(channels, 2, 3),
        hg.BatchNorm2d(2),
        hg.ReLU(),
        hg.Flatten(),
        hg.Dropout(0.2),
        hg.Linear(None, 3),
    ]
    return hg.Sequential(layers if first is None else [first, *layers], input_shape=dataset.input_shape)


def equal_to_batches(dataset: hg.Dataset, *batches: Any, make: Any = make_net) -> None:
    by_bytes, by_floats = (make_run(make(dataset), hg.SGD(lr=0.1), engine="compiled") for _ in range(2))
    for indices in batches:
        assert by_bytes.train_on(dataset, indices) == by_floats.train_step(*hg.batch(dataset, indices))
    assert same(by_bytes.state(), by_floats.state())
    assert by_bytes.fallbacks == []


@pytest.mark.parametrize(
    ("name", "mean", "std"), [(name, *pair) for name, pairs in NORMALISATIONS.items() for pair in pairs]
)
def test_every_normalisation(name: str, mean: Any, std: Any):
    dataset = SETS[name].with_normalisation(hg.Normalisation(mean, std))
    equal_to_batches(dataset, range(21), range(21, 42))


def test_a_first_layer_that_wants_rows():
    """Linear reads its images in another order for its weights' gradient: that copy is made on the way."""
    for dataset in (GREY, COLOUR.with_normalisation(hg.Normalisation((0.1, 0.2, 0.3), 0.5))):
        equal_to_batches(
            dataset,
            range(21),
            range(16),
            make=lambda data: hg.Sequential([hg.Flatten(), hg.Linear(int(np.prod(data.input_shape)), 3)]),
        )


def test_every_byte_value_becomes_the_float_of_the_normalisation():
    """Seen through a layer of ones that keeps them apart: all 256 values, each at every place of a vector."""
    images = np.arange(256, dtype=np.uint8)[:, None, None] + np.zeros((1, 1, 17), np.uint8)
    for mean, std in [(0.0, 1.0), (0.1307, 0.3081)]:
        dataset = hg.Dataset(images, [0] * 256, classes=2, normalisation=hg.Normalisation(mean, std))
        run = make_run(hg.Sequential([hg.Flatten(), hg.Linear(17, 2)]), hg.SGD(lr=1.0), engine="compiled")
        for number in range(256):
            run.network.load_state_dict({"1.weight": np.zeros((2, 17)), "1.bias": np.zeros(2)})
            run.train_on(dataset, [number])  # both classes have probability 1/2: dW is ∓ x / 2
            x = dataset.normalisation.apply(images[number : number + 1]).reshape(17)
            np.testing.assert_array_equal(run.network[1].weight.value, [x / 2, -x / 2])


MANY = [
    range(20), range(10, 60, 3), range(60, 10, -3), slice(None), slice(5, -5, 2), slice(80, 20, -7), [5, 1],
    [-1, 0, -90], np.array([3, 80, 3, 3]), np.arange(30, dtype=np.uint8), np.array([-2, -3], np.int32),
    np.arange(90) % 7 == 2, (7,),
]  # fmt: skip


def test_every_kind_of_indices():
    equal_to_batches(GREY, *MANY)


LAYOUTS = {
    "a view of every second": lambda images: np.repeat(images, 2, axis=0)[::2],
    "a part": lambda images: images[5:],
    "columns first": np.asfortranarray,
    "mirrored": lambda images: images[..., ::-1],
    "read only": lambda images: np.frombuffer(images.tobytes(), np.uint8).reshape(images.shape),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", SETS)
def test_images_however_they_lie_in_memory(layout: str, name: str):
    images = LAYOUTS[layout](SETS[name].images)
    dataset = hg.Dataset(images, SETS[name].labels[: len(images)], classes=3)
    equal_to_batches(dataset, range(9), [4, -3, 4])


def test_images_of_floats():
    dataset = hg.Dataset(RNG.random((30, 8, 8), dtype=np.float32), RNG.integers(0, 3, 30))
    equal_to_batches(dataset, range(9), [4, -3, 4])


def shifted(images: Any, rng: np.random.Generator) -> Any:
    images[:] = np.roll(images, rng.integers(-1, 2, 2), axis=(-2, -1))  # in place: it may
    return images


AUGMENTATIONS = {
    "in place": shifted,
    "affine": hg.RandomAffine(degrees=10, translate=(0.1, 0.1)),
    "a view": lambda images, rng: images[..., ::-1],
    "columns first": lambda images, rng: np.asfortranarray(images),
    "floats": lambda images, rng: (images / 255 + rng.random()).astype(np.float32),
}


@pytest.mark.parametrize("name", AUGMENTATIONS)
@pytest.mark.parametrize("dataset", SETS)
def test_augmentation(name: str, dataset: str):
    """The same random numbers as in the reference, the same images; those of the data set are left alone."""
    data, runs = SETS[dataset], []
    before = data.images.copy()
    for engine in ("compiled", "reference"):
        run = make_run(make_net(data), hg.SGD(lr=0.1), engine=engine, seed=4)
        losses = [
            run.train_on(data, indices, AUGMENTATIONS[name]).loss for indices in (range(20), [3, -1, 3])
        ]
        runs.append((losses, run.predict(hg.batch(data, range(9))[0])))
    np.testing.assert_allclose(runs[0][0], runs[1][0], rtol=1e-5)
    np.testing.assert_allclose(runs[0][1], runs[1][1], rtol=1e-3, atol=1e-5)
    np.testing.assert_array_equal(data.images, before)


def outcome(engine: str, dataset: hg.Dataset, indices: Any, augment: Any, settled: bool) -> Any:
    """The loss of one step, or the kind of error."""
    layers = [hg.Conv2d(dataset.input_shape[0], 2, 3), hg.Flatten(), hg.Linear(None, 3)]
    shape = (dataset.input_shape[0], 6, 6) if settled else None
    run = make_run(hg.Sequential(layers, input_shape=shape), hg.SGD(lr=0.1), engine=engine)
    try:
        return round(run.train_on(dataset, indices, augment).loss, 4)
    except (DataError, ShapeError) as error:
        return type(error)


@pytest.mark.parametrize(
    ("dataset", "augment"),
    [
        (GREY, lambda images, rng: images[:, 1:7, 1:7]),  # a crop
        (GREY, lambda images, rng: images[:, None, 1:7, 1:7]),
        (GREY, lambda images, rng: images[:3]),
        (GREY, lambda images, rng: np.repeat(images, 2, axis=0)),
        (GREY, lambda images, rng: images.reshape(-1, 64)),
        (COLOUR.with_normalisation(hg.Normalisation((0.5,))), None),
        (COLOUR.with_normalisation(hg.Normalisation((0.5, 0.4))), None),
        (GREY.with_normalisation(hg.Normalisation(0.1, (0.5, 0.4, 0.3))), None),
        (GREY, None),
    ],
    ids=[
        "crop",
        "crop with channel",
        "fewer",
        "more",
        "rows",
        "1 of 3 means",
        "2 of 3 means",
        "3 of 1",
        "as they are",
    ],
)
@pytest.mark.parametrize("settled", [False, True])
def test_images_that_come_in_another_shape(dataset: hg.Dataset, augment: Any, settled: bool):
    """Cropped by an augmentation, or not fit for their normalisation: the reference's number or error."""
    compiled, reference = (
        outcome(engine, dataset, range(5), augment, settled) for engine in ("compiled", "reference")
    )
    assert compiled == reference


@pytest.mark.parametrize("augment", [None, shifted])
@pytest.mark.parametrize(
    "indices", [np.array([5, 90]), [-91], np.array([], int), range(0), np.array([0.5]), np.zeros(90, bool)]
)
def test_images_that_are_not_there(augment: Any, indices: Any):
    errors = []
    for engine in ("compiled", "reference"):
        with pytest.raises(DataError) as caught:
            make_run(engine=engine).train_on(GREY, indices, augment)
        errors.append((caught.value.expected, caught.value.got, caught.value.hint))
    assert errors[0] == errors[1]
