import sys
import types

import numpy as np
import pytest

from handgrad.courses import project3
from handgrad.grading.child.trainer import InterfaceError
from tests.grading.child.trainers.made import begun, digits


def test_without_pytorch_it_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(InterfaceError, match="no PyTorch where submissions are run"):
        begun("convnet", lambda name: project3)


@pytest.mark.torch
def test_steps_are_sgd_with_momentum_on_the_mean_loss():
    torch = pytest.importorskip("torch")
    images, labels = digits()
    trainer = begun("convnet", lambda name: project3, lr=0.1)
    told = [trainer.step(images[:10], labels[:10]) for _ in range(3)]
    torch.manual_seed(0)
    net = project3.ConvNet()
    velocity = [torch.zeros_like(value) for value in net.parameters()]
    x = torch.tensor(images[:10].reshape(10, 1, 28, 28) / 255, dtype=torch.float32)
    own = []
    for _ in range(3):
        logs = torch.log_softmax(net(x), dim=1)
        loss = -logs[range(10), torch.tensor(labels[:10])].mean()
        own.append(loss.item())
        gradients = torch.autograd.grad(loss, list(net.parameters()))
        velocity = [0.9 * v + g for v, g in zip(velocity, gradients, strict=True)]
        with torch.no_grad():
            for value, v in zip(net.parameters(), velocity, strict=True):
                value -= 0.1 * v
    assert told == pytest.approx(own, rel=1e-4)
    assert np.allclose(trainer.predict(images[:10]), net(x).detach().numpy(), rtol=1e-3, atol=1e-4)


@pytest.mark.torch
def test_predictions_are_made_in_evaluation_mode():
    torch = pytest.importorskip("torch")

    def with_dropout():
        return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Dropout(0.5), torch.nn.Linear(784, 10))

    module = types.SimpleNamespace(ConvNet=with_dropout)
    images, labels = digits()
    trainer = begun("convnet", lambda name: module)
    assert np.array_equal(trainer.predict(images[:5]), trainer.predict(images[:5]))
    trainer.step(images[:5], labels[:5])
    assert trainer.network.training
