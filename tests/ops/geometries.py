"""Windows of every kind for the property tests: the sensible, and those nobody would choose."""

from dataclasses import dataclass
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

thorough = settings(max_examples=100, deadline=None, derandomize=True)


@dataclass(frozen=True)
class Geometry:
    """Maps and the windows over them; strides may exceed kernels, windows be partial or too big."""

    shape: tuple[int, int, int, int]
    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]

    @property
    def outputs(self) -> tuple[int, int]:
        """(OH, OW), counted by trying: 0 where not one window fits."""
        sizes = zip(self.shape[2:], self.kernel, self.stride, self.padding, strict=True)
        OH, OW = (
            sum(start % stride == 0 and start + kernel <= size + 2 * padding for start in range(99))
            for size, kernel, stride, padding in sizes
        )
        return OH, OW

    @property
    def fits(self) -> bool:
        return min(self.outputs) > 0

    @property
    def pools(self) -> bool:
        return all(padding <= kernel // 2 for padding, kernel in zip(self.padding, self.kernel, strict=True))


def pairs(smallest: int, largest: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(smallest, largest), st.integers(smallest, largest))


def geometries(**fixed: Any) -> st.SearchStrategy[Geometry]:
    """1 to 3 images and channels, maps from 1 x 1 to 7 x 7, kernels to 4, strides to 5, padding to 2."""
    shapes = st.tuples(st.integers(1, 3), st.integers(1, 3), st.integers(1, 7), st.integers(1, 7))
    parts: dict[str, Any] = {
        "shape": shapes,
        "kernel": pairs(1, 4),
        "stride": pairs(1, 5),
        "padding": pairs(0, 2),
    }
    return st.builds(Geometry, **(parts | fixed))
