"""How each course trains a submission, by the name of its protocol; one file a course."""

from ..trainer import Trainer
from .cmu10601 import LeNet
from .cs5242 import MNISTNet
from .hw5 import Classifier
from .project3 import MLP
from .project3_convnet import ConvNet
from .thu import Experiment1, Experiment2, Perceptron

TRAINERS: dict[str, type[Trainer]] = {
    "classifier": Classifier,
    "mlp": MLP,
    "convnet": ConvNet,
    "lenet": LeNet,
    "experiment-1": Experiment1,
    "experiment-2": Experiment2,
    "thu-mlp": Perceptron,
    "mnistnet": MNISTNet,
}
"""By protocol: of hw5, of project3 twice, of cmu10601, of thu three times, of cs5242."""

__all__ = ["TRAINERS"]
