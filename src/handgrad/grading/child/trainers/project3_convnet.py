"""project3, part 2: the class ``ConvNet``, a PyTorch module."""

import importlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..trainer import Array, InterfaceError, Load, Trainer, maps, member, number


class ConvNet(Trainer):
    """The module, trained by SGD on the mean cross-entropy; settings ``lr`` and ``momentum``."""

    def __init__(self, load: Load, settings: Mapping[str, Any]) -> None:
        super().__init__(load, settings)
        try:
            self.torch: Any = importlib.import_module("torch")
        except ImportError:
            raise InterfaceError(
                "ConvNet is a PyTorch module, and there is no PyTorch where submissions are run."
            ) from None
        self.torch.manual_seed(settings["seed"])
        self.network = member(load, "Project3", "ConvNet")()
        self.optimizer = self.torch.optim.SGD(
            self.network.parameters(), lr=settings["lr"], momentum=settings["momentum"]
        )

    def step(self, x: Array, y: Array) -> float:
        """Forward, backward and a step of SGD."""
        self.network.train()
        self.optimizer.zero_grad()
        targets = self.torch.from_numpy(y.astype(np.int64))
        loss = self.torch.nn.functional.cross_entropy(self.network(self._tensor(x)), targets)
        loss.backward()
        self.optimizer.step()
        return number(loss.item())

    def predict(self, x: Array) -> Array:
        """Scores, in evaluation mode."""
        self.network.eval()
        with self.torch.no_grad():
            return np.asarray(self.network(self._tensor(x)).numpy())

    def _tensor(self, x: Array) -> Any:
        return self.torch.from_numpy(maps(x).astype(np.float32))
