"""What PyTorch's schedulers do, for the tests of schedules."""

from typing import Any

import pytest


def torch_rates(kind: str, arguments: dict[str, Any], base_lr: float, steps: int) -> list[float]:
    """The rates that a run of PyTorch's optimizer and scheduler uses, step by step."""
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base_lr)
    scheduler = getattr(torch.optim.lr_scheduler, kind)(optimizer, **arguments)
    rates = []
    for step in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if step + 1 < steps:
            scheduler.step()
    return rates
