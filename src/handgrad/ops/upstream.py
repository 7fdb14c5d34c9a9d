"""What every backward pass asks of the gradient that comes in."""

from handgrad._typing import Array, Shape
from handgrad.errors import ShapeError


def check_upstream(op: str, dy: Array, shape: Shape) -> None:
    """Refuse a dy that is not shaped as the op's output was; broadcasting would hide it.

    Raises:
        ShapeError: it is not.
    """
    if dy.shape != shape:
        raise ShapeError(
            f"{op}_backward",
            expected=f"dy of shape {shape}, that of y",
            got=str(dy.shape),
            hint="pass the gradient and the cache of the same forward pass",
        )
