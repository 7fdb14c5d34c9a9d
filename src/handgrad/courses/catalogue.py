"""Which courses there are; importing this imports none of them."""

import difflib

from handgrad.courses.course import Course
from handgrad.errors import ArgumentError

COURSES = (
    Course(
        name="hw5",
        title="An MNIST classifier with a convolutional network",
        document="The layers of a convolutional network and its classifier, over 90% after two epochs",
        modules=("nn_layers", "hw5"),
        produces="two epochs with their curves, ten predictions, the rubric's verdict",
        identity="student number",
    ),
    Course(
        name="project3",
        title="Project 3: digits with an MLP and a CNN",
        document="A perceptron with 64 hidden units and its Jacobians by hand, and a small CNN in PyTorch",
        modules=("Project3",),
        produces="Jacobians checked, over-fitting in four plots, confusions, 64 templates, the CNN twice",
        identity="directory ID",
        searches=True,
    ),
    Course(
        name="cmu10601",
        title="CMU 10-601, homework 7: deep learning",
        document="A toy network worked through by hand, and LeNet with its gradients, about 99.1%",
        modules=("cnn_lenet",),
        produces="twelve answers on the toy network, LeNet on two sizes of data, gradient checks, 40 maps",
        identity="",
    ),
    Course(
        name="thu",
        title="MNIST digits classification with CNN",
        document="Convolution and average-pooling by im2col, and two CNNs beside an MLP",
        modules=("layers", "functions", "loss", "network", "solve_net", "load_data", "utils"),
        produces="both experiments and the MLP with curves, Table 3.1, time per epoch, first-layer maps",
        identity="student number",
    ),
    Course(
        name="cs5242",
        title="CS5242, assignment 1: a CNN for MNIST",
        document="Layers, losses and optimizers checked against Keras, and the best network of a shape",
        modules=("layers", "loss", "optimizers", "initializers", "models", "applications", "utils"),
        produces="the checks, the training log, unstable rates explained, the best network found",
        identity="NUSNET ID",
        searches=True,
    ),
)


def course_names() -> list[str]:
    """The courses by name.

    Example:
        >>> course_names()
        ['hw5', 'project3', 'cmu10601', 'thu', 'cs5242']
    """
    return [course.name for course in COURSES]


def find_course(name: str) -> Course:
    """A course by its name.

    Raises:
        ArgumentError: there is none; says which name is near.

    Example:
        >>> find_course("cmu10601").title
        'CMU 10-601, homework 7: deep learning'
    """
    for course in COURSES:
        if course.name == name:
            return course
    near = difflib.get_close_matches(name.lower(), course_names(), n=1, cutoff=0.5)
    raise ArgumentError(
        "course",
        expected=f"one of {', '.join(course_names())}",
        got=repr(name),
        hint=f"did you mean {near[0]}" if near else "see `handgrad course list`",
    )
