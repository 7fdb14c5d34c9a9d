"""All that the document of Project 3 asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handgrad.courses.project3.convolution import Convolution
from handgrad.courses.project3.distorted import Images
from handgrad.courses.project3.fitting import course_splits
from handgrad.courses.project3.perceptron import Perceptron

if TYPE_CHECKING:
    from handgrad.courses.study import Study

COPIES = {False: 4, True: 1}
"""Distorted copies of each image, in a full and in a quick run."""


def run(study: Study) -> None:
    """Train both networks, improve them, look into them; the test set comes last.

    Arguments:
        study: what to work with; its ``numbers`` are filled, and its figures drawn.

    Raises:
        NonFiniteError: a training failed.
        RunError: the study's folder cannot be written.
    """
    splits = course_splits(study)
    images = Images(splits.train, COPIES[study.quick], study.threads)
    perceptron, convolution = Perceptron(study, splits, images), Convolution(study, splits, images)
    study.numbers |= {"mlp": perceptron.numbers, "cnn": convolution.numbers, "searched": study.search}
    study.numbers["copies"] = COPIES[study.quick]
    study.numbers["images"] = {
        "train": len(splits.train),
        "validation": len(splits.validation),
        "test": len(splits.test),
    }
    perceptron.derive()
    perceptron.by_hand()
    perceptron.train()
    convolution.train()
    convolution.compare()
    perceptron.improve()
    convolution.improve()
    perceptron.look()
    perceptron.test()
    convolution.test()
