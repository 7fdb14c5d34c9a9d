"""Channels cut into tiles."""

from collections.abc import Iterator

from handgrad.engine.compiled.kernels.geometry import parts
from handgrad.engine.compiled.native.emitter import Int, Kernel


class ChannelTiles:
    """Channels cut into tiles of one or two sizes; none reaches over a group.

    Arguments:
        channels: how many.
        groups: of channels.
        most: channels in a tile.
    """

    def __init__(self, channels: int, groups: int, most: int) -> None:
        self.of_group = channels // groups
        sizes = parts(self.of_group, most)
        self.in_group, self.count = len(sizes), len(sizes) * groups
        self.large, self.small = sizes[0], sizes[-1]
        self.larges = sum(size == self.large for size in sizes)

    def each(self, k: Kernel, tile: Int) -> Iterator[tuple[Int, Int, int]]:
        """(group, first channel, size) of a tile; the code around it is emitted once for each size."""
        group, number = tile // self.in_group, tile % self.in_group
        start = group * self.of_group
        if self.large == self.small:
            yield group, start + number * self.large, self.large
            return
        with k.when(number < self.larges):
            yield group, start + number * self.large, self.large
        with k.when(number >= self.larges):
            first = start + self.larges * self.large
            yield group, first + (number - self.larges) * self.small, self.small
