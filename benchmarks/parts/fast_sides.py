"""The sides of the race to 99%: made once in a process of its own, then one training for each seed."""

import gc
import math
import time
from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.parts.fast_scores import Outcome
from handgrad.data import Dataset, Normalisation, Splits
from handgrad.engine import Engine
from handgrad.recipes import Recipe, build_network, build_run, build_training, prepare
from handgrad.train import Training
from handgrad.train.evaluate import IMAGES_AT_ONCE, predicted_classes

WARM_UP = 2  # whole batches, before the smaller one that ends an epoch


class Handgrad:
    """A recipe and the compiled engine, as `handgrad train` binds them; the images lie in memory as bytes.

    Arguments:
        recipe: what is raced with.
        data: with nothing held out.
        threads: that it may use.
        warm: whether kernels are compiled and loaded now, or in the first training.

    Raises:
        RecipeError, ArgumentError: a recipe that does not fit the data, or that wants to choose by a
            validation split.
    """

    def __init__(self, recipe: Recipe, data: Splits, threads: int, warm: bool) -> None:
        self.recipe, self.threads = recipe, threads
        self.data = prepare(recipe, data)
        if warm:
            few = _few(self.data.train, recipe.train.batch_size)
            predicted_classes(self._trained(0, few, short=True), self.data.train.take(slice(IMAGES_AT_ONCE)))

    def __call__(self, seed: int) -> Outcome:
        """Build, train and test, and say how long that took."""
        gc.collect()
        start = time.perf_counter()
        classes = predicted_classes(self._trained(seed, self.data.train), self.data.test)
        seconds = time.perf_counter() - start
        return _outcome(seed, classes, self.data.test, seconds)

    def _trained(self, seed: int, images: Dataset, *, short: bool = False) -> Engine:
        recipe = replace(self.recipe, train=replace(self.recipe.train, seed=seed))
        run = build_run(recipe, build_network(recipe), engine="compiled", threads=self.threads)
        made = build_training(recipe, run, self.data)  # the recipe's plan and augmentation, all checked
        plan = replace(made.plan, epochs=1, steps=None) if short else made.plan
        training = Training(run, images, plan, augment=made.augment)  # with nothing to evaluate on the way
        while not training.progress.finished:
            training.advance()
        run.adopt(training.chosen_weights())
        return run


class Mark:
    """The network and the settings to beat, in PyTorch: 99% after one epoch.

    The images lie in memory as one tensor of normalised floats. Source of the settings: the last notebook of
    github.com/tuomaso/train_mnist_fast, which this follows but for the order of the images, here random.

    Arguments:
        data: with nothing held out.
        threads: that PyTorch may use.
        channels_last: the memory format of module and images.
    """

    BATCH, LR, BETAS = 256, 0.01, (0.7, 0.9)
    NORMALISATION = Normalisation(0.1307, 0.3081)

    def __init__(self, data: Splits, threads: int, channels_last: bool) -> None:
        import torch

        torch.set_num_threads(threads)
        self.format = torch.channels_last if channels_last else torch.contiguous_format
        self.test = data.test
        self.x, self.targets = self._tensors(data.train)
        self.test_x, _ = self._tensors(data.test)
        few = self._trained(0, *self._tensors(_few(data.train, self.BATCH)))
        self._predict(few, self.x[:IMAGES_AT_ONCE])

    def __call__(self, seed: int) -> Outcome:
        """Build, train and test, and say how long that took."""
        gc.collect()
        start = time.perf_counter()
        classes = self._predict(self._trained(seed, self.x, self.targets), self.test_x)
        seconds = time.perf_counter() - start
        return _outcome(seed, classes, self.test, seconds)

    def _tensors(self, part: Dataset) -> tuple[Any, Any]:
        import torch

        x = torch.from_numpy(self.NORMALISATION.apply(part.images))  # (N, H, W) -> (N, 1, H, W)
        return x.contiguous(memory_format=self.format), torch.from_numpy(part.labels)

    def _trained(self, seed: int, x: Any, targets: Any) -> Any:
        import torch
        from torch.nn import functional

        torch.manual_seed(seed)
        model = self._network().to(memory_format=self.format)
        optimizer = torch.optim.Adam(model.parameters(), lr=self.LR, betas=self.BETAS)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, max_lr=self.LR, total_steps=math.ceil(len(x) / self.BATCH), cycle_momentum=False
        )
        order: Any = torch.randperm(len(x))
        for indices in order.split(self.BATCH):
            optimizer.zero_grad()
            logits = model(x.index_select(0, indices))
            loss: Any = functional.cross_entropy(logits, targets.index_select(0, indices))
            loss.backward()
            optimizer.step()
            schedule.step()
        return model

    @staticmethod
    def _network() -> Any:
        from torch import nn

        return nn.Sequential(
            nn.Conv2d(1, 24, 5),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(24, 32, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(800, 256),
            nn.ReLU(),
            nn.Linear(256, 10),
        )

    @staticmethod
    def _predict(model: Any, x: Any) -> Any:
        import torch

        model.eval()
        with torch.inference_mode():
            return torch.cat([model(part).argmax(1) for part in x.split(IMAGES_AT_ONCE)]).numpy()


def _few(images: Dataset, batch_size: int) -> Dataset:
    """Images for a short training whose batches have the sizes of those of a whole one."""
    return images.take(slice(WARM_UP * batch_size + len(images) % batch_size))


def _outcome(seed: int, classes: Any, test: Dataset, seconds: float) -> Outcome:
    return Outcome(seed, int(np.count_nonzero(classes == test.labels)), len(test), seconds)
