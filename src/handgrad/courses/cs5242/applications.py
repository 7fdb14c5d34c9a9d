"""`applications` of the course: the network of its sections 9 and 10."""

from handgrad.courses.cs5242.initializers import Guassian
from handgrad.courses.cs5242.layers import Convolution, FCLayer, Flatten, Pooling, ReLU
from handgrad.courses.cs5242.models import Model

__all__ = ["MNISTNet"]


def MNISTNet() -> Model:
    """Two convolutions and two fully connected layers, for (N, 1, 28, 28), with 106,166 parameters.

    Returns:
        the model, to be compiled; its first values come from NumPy's global state.

    Example:
        >>> [layer.name for layer in MNISTNet().layers][:3]
        ['conv1', 'relu1', 'pooling1']
    """
    conv1 = {"kernel_h": 3, "kernel_w": 3, "pad": 0, "stride": 1, "in_channel": 1, "out_channel": 6}
    conv2 = {**conv1, "in_channel": 6, "out_channel": 16}
    pool1 = {"pool_type": "max", "pool_height": 2, "pool_width": 2, "stride": 2, "pad": 0}
    pool2 = {**pool1, "pool_height": 3, "pool_width": 3}
    model = Model()
    model.add(Convolution(conv1, name="conv1", initializer=Guassian(std=0.001)))
    model.add(ReLU(name="relu1"))
    model.add(Pooling(pool1, name="pooling1"))
    model.add(Convolution(conv2, name="conv2", initializer=Guassian(std=0.001)))
    model.add(ReLU(name="relu2"))
    model.add(Pooling(pool2, name="pooling2"))
    model.add(Flatten(name="flatten"))
    model.add(FCLayer(400, 256, name="fclayer1", initializer=Guassian(std=0.01)))
    model.add(ReLU(name="relu3"))
    model.add(FCLayer(256, 10, name="fclayer2", initializer=Guassian(std=0.01)))
    return model
