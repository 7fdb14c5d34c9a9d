import pickle

import numpy as np
import pytest

import handgrad as hg
from handgrad.courses import project3
from handgrad.courses.project3.convnet import convnet_of
from handgrad.recipes import build_network, find_recipe, override

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch


def test_the_class_is_one_and_has_the_template_s_layers():
    assert project3.ConvNet is project3.ConvNet
    net = project3.ConvNet()
    assert isinstance(net, torch.nn.Module)
    shapes = {name: tuple(value.shape) for name, value in net.named_parameters()}
    assert shapes == {
        "conv1.weight": (6, 1, 5, 5),
        "conv1.bias": (6,),
        "conv2.weight": (16, 6, 5, 5),
        "conv2.bias": (16,),
        "fc1.weight": (120, 256),
        "fc1.bias": (120,),
        "fc2.weight": (84, 120),
        "fc2.bias": (84,),
        "fc3.weight": (10, 84),
        "fc3.bias": (10,),
    }
    assert net(torch.zeros(3, 784)).shape == net(torch.zeros(3, 1, 28, 28)).shape == (3, 10)


def test_it_can_be_pickled_as_torch_save_does():
    net = project3.ConvNet()
    again = pickle.loads(pickle.dumps(net))
    assert type(again) is project3.ConvNet
    assert torch.equal(again.fc3.bias, net.fc3.bias)


def test_it_scores_as_the_recipe_s_network_does():
    dropout = [layer for text in find_recipe("convnet").network.layers for layer in (text, "Dropout(0.5)")]
    for settings in ([], [f"network.layers={dropout[:-1]}"]):
        network = build_network(override(find_recipe("convnet"), settings))
        x = np.random.default_rng(0).random((4, 1, 28, 28), np.float32)
        run = hg.compile(network, hg.CrossEntropyLoss(), hg.SGD(lr=0.1), engine="reference")
        with torch.no_grad():
            scores = convnet_of(network)(torch.from_numpy(x)).numpy()
        np.testing.assert_allclose(scores, run.predict(x), atol=1e-5)
