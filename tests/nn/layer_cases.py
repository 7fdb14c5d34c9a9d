"""One table of layers: how each is written, and an input that it takes."""

import handgrad as hg

# the text that makes it, and prints again: (the text, the shape of one input)
CASES: dict[str, tuple[int, ...]] = {
    "Linear(6, 4)": (6,),
    "Linear(6, 4, bias=False)": (6,),
    "Linear(None, 4)": (6,),
    "Linear(None, 4, bias=False)": (6,),
    "Conv2d(2, 4, 3)": (2, 7, 8),
    "Conv2d(None, 4, 3, bias=False)": (2, 7, 8),
    "Conv2d(2, 4, (3, 2), stride=(2, 1), padding=(1, 0))": (2, 7, 8),
    "Conv2d(4, 6, 3, stride=3, padding=2, groups=2)": (4, 7, 8),
    "Conv2d(2, 4, 5, padding='same')": (2, 7, 8),
    "Conv2d(2, 4, (3, 5), padding='same', bias=False)": (2, 7, 8),
    "Conv2d(2, 4, 4, stride=2, padding='valid')": (2, 7, 8),
    "MaxPool2d(2)": (3, 7, 8),
    "MaxPool2d((2, 3), stride=1, padding=1)": (3, 7, 8),
    "MaxPool2d(3, stride=(1, 2))": (3, 7, 8),
    "AvgPool2d(2)": (3, 7, 8),
    "AvgPool2d(3, stride=2, padding=1)": (3, 7, 8),
    "Flatten()": (3, 7, 8),
    "ReLU()": (3, 7, 8),
    "LeakyReLU()": (5,),
    "LeakyReLU(negative_slope=0.2)": (5,),
    "PReLU()": (3, 7, 8),
    "PReLU(num_parameters=3, init=0.1)": (3, 7, 8),
    "ELU()": (5,),
    "ELU(alpha=0.5)": (3, 7, 8),
    "Sigmoid()": (5,),
    "Tanh()": (5,),
    "Softmax()": (5,),
    "Softmax(dim=1)": (3, 7, 8),
    "Dropout()": (5,),
    "Dropout(p=0.25)": (3, 7, 8),
    "BatchNorm1d(5)": (5,),
    "BatchNorm1d(None)": (5,),
    "BatchNorm2d(3)": (3, 7, 8),
    "BatchNorm2d(3, eps=0.001, momentum=None)": (3, 7, 8),
    "BatchNorm2d(None, momentum=0.5)": (3, 7, 8),
    "Sequential([Linear(6, 4), ReLU(), Sequential([Linear(None, 3, bias=False)])])": (6,),
}


def make(text: str) -> hg.Layer:
    """The layer of a text, by Python itself and not by the reader under test."""
    return eval(text, dict(vars(hg)))
