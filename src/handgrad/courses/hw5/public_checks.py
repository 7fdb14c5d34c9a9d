"""How the public checks of hw5 call what the student wrote, and which results they look at."""

from typing import Any

import numpy as np

WAVES = 0.05  # the size of the classifier's first weights


def images(labels: Any) -> Any:
    """An image for each label, pixels from 0 to 1."""
    pixels = np.arange(len(labels) * 28 * 28) * 0.37
    return np.abs(np.sin(pixels)).reshape(-1, 1, 28, 28)  # (N * 784,) -> (N, 1, 28, 28)


def with_weights(layer: Any, W: Any, b: Any) -> Any:
    """A layer that has these weights."""
    layer.set_weights(W, b)
    return layer


def convolution(modules: Any, x: Any, W: Any, b: Any) -> Any:
    """A convolutional layer for x, with these weights."""
    out_ch_size, in_ch_size, Wx_size, Wy_size = W.shape
    layer = modules["nn_layers"].nn_convolutional_layer(Wx_size, Wy_size, x.shape[2], in_ch_size, out_ch_size)
    return with_weights(layer, W, b)


def fully_connected(modules: Any, W: Any, b: Any) -> Any:
    """A fully connected layer with these weights."""
    return with_weights(modules["nn_layers"].nn_fc_layer(W.shape[1], W.shape[0]), W, b)


def changes(layer: Any, W: Any, b: Any, dW: Any, db: Any) -> Any:
    """By how much update_weights changes W and b."""
    layer.update_weights(dW, db)
    return {"change of W": layer.W - W, "change of b": layer.b - b}


def gradients(layer: Any, x: Any, dLdy: Any) -> Any:
    """All three of backprop."""
    dLdx, dLdW, dLdb = layer.backprop(x, dLdy)
    return {"dLdx": dLdx, "dLdW": dLdW, "dLdb": dLdb}


def plain_layer(name: str, *settings: Any) -> Any:
    """A layer without weights: how its forward and its backprop are called."""

    def forward(modules: Any, x: Any, **given: Any) -> Any:
        layer = getattr(modules["nn_layers"], name)(*(given[key] for key in settings))
        return {"y": layer.forward(x)}

    def backprop(modules: Any, x: Any, dLdy: Any, **given: Any) -> Any:
        layer = getattr(modules["nn_layers"], name)(*(given[key] for key in settings))
        return {"dLdx": layer.backprop(x, dLdy)}

    return forward, backprop


def cross_entropy_forward(modules: Any, x: Any, y: Any) -> Any:
    """The loss of probabilities x."""
    return {"loss": modules["nn_layers"].nn_cross_entropy_layer().forward(x, y)}


def cross_entropy_backprop(modules: Any, x: Any, y: Any) -> Any:
    """Its gradient."""
    return {"dLdx": modules["nn_layers"].nn_cross_entropy_layer().backprop(x, y)}


def classifier(modules: Any) -> Any:
    """The classifier, its first weights small waves."""
    net = modules["hw5"].nn_mnist_classifier(mmt_friction=0.75, lr=0.5)
    for number, layer in enumerate((net.conv_layer_1, net.fc1, net.fc2)):
        W, b = layer.get_weights()
        waves = WAVES * np.sin(np.arange(W.size) * (number + 1.7)).reshape(W.shape)
        layer.set_weights(waves, 0.01 + np.zeros(b.shape))
    return net


def classifier_forward(modules: Any, labels: Any) -> Any:
    """Scores and loss."""
    scores, loss = classifier(modules).forward(images(labels), labels, backprop_req=True)
    return {"scores": scores, "loss": loss}


def classifier_steps(modules: Any, labels: Any) -> Any:
    """What two steps change of the first and the last layer: backprop and update_weights together."""
    net = classifier(modules)
    before = [array.copy() for array in (net.conv_layer_1.W, net.conv_layer_1.b, net.fc2.W, net.fc2.b)]
    for _ in range(2):
        net.forward(images(labels), labels, backprop_req=True)
        net.backprop()
        net.update_weights()
    after = (net.conv_layer_1.W, net.conv_layer_1.b, net.fc2.W, net.fc2.b)
    W1, b1, W2, b2 = (new - before[position] for position, new in enumerate(after))
    return {
        "change of conv_layer_1.W": W1[:3],
        "change of conv_layer_1.b": b1[0, :, 0, 0],
        "change of fc2.W": W2[:, :4],
        "change of fc2.b": b2,
    }


pooling_forward, pooling_backprop = plain_layer("nn_max_pooling_layer", "stride", "pool_size")
relu_forward, relu_backprop = plain_layer("nn_activation_layer")
softmax_forward, softmax_backprop = plain_layer("nn_softmax_layer")

CALLS = {
    "nn_layers:nn_convolutional_layer.update_weights": lambda modules, x, W, b, dW, db: changes(
        convolution(modules, x, W.copy(), b.copy()), W, b, dW, db
    ),
    "nn_layers:nn_convolutional_layer.forward": lambda modules, x, W, b: {
        "y": convolution(modules, x, W, b).forward(x)
    },
    "nn_layers:nn_convolutional_layer.backprop": lambda modules, x, W, b, dLdy: gradients(
        convolution(modules, x, W, b), x, dLdy
    ),
    "nn_layers:nn_max_pooling_layer.forward": pooling_forward,
    "nn_layers:nn_max_pooling_layer.backprop": pooling_backprop,
    "nn_layers:nn_activation_layer.forward": relu_forward,
    "nn_layers:nn_activation_layer.backprop": relu_backprop,
    "nn_layers:nn_fc_layer.update_weights": lambda modules, W, b, dW, db: changes(
        fully_connected(modules, W.copy(), b.copy()), W, b, dW, db
    ),
    "nn_layers:nn_fc_layer.forward": lambda modules, x, W, b: {
        "y": fully_connected(modules, W, b).forward(x)
    },
    "nn_layers:nn_fc_layer.backprop": lambda modules, x, W, b, dLdy: gradients(
        fully_connected(modules, W, b), x, dLdy
    ),
    "nn_layers:nn_softmax_layer.forward": softmax_forward,
    "nn_layers:nn_softmax_layer.backprop": softmax_backprop,
    "nn_layers:nn_cross_entropy_layer.forward": cross_entropy_forward,
    "nn_layers:nn_cross_entropy_layer.backprop": cross_entropy_backprop,
    "hw5:nn_mnist_classifier.forward": classifier_forward,
    "hw5:nn_mnist_classifier.backprop": classifier_steps,
    "hw5:nn_mnist_classifier.update_weights": classifier_steps,
}
