"""What the checks know: right answers and a grid of cases for each operation."""

from handgrad.checks.operations import (
    columns,
    convolution,
    elementwise,
    initial,
    losses,
    networks,
    pooling,
    updates,
)
from handgrad.checks.operations.operation import Operation

OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for room in (convolution, pooling, elementwise, losses, columns, updates, networks, initial)
    for operation in room.OPERATIONS
}
"""By name."""

__all__ = ["OPERATIONS", "Operation"]
