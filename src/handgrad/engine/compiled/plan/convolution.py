"""Convolutions, with the ReLU and the pooling behind them; and pooling alone."""

from dataclasses import dataclass, field

from handgrad._typing import AnyArray, Array
from handgrad.engine.compiled.kernels.channels import ChannelTiles
from handgrad.engine.compiled.kernels.convolution import Convolution, convolution_forward, scratch_rows
from handgrad.engine.compiled.kernels.convolution_dw import chunks, convolution_dw, dw_scratch, dw_tiles
from handgrad.engine.compiled.kernels.convolution_dx import convolution_dx, dx_tiles
from handgrad.engine.compiled.kernels.pooling import Pooling, pool_backward, pool_forward
from handgrad.engine.compiled.kernels.spread import Source, spread_maps
from handgrad.engine.compiled.plan.builder import Builder, Part
from handgrad.nn import Conv2d


@dataclass
class ConvolutionNode:
    """``Conv2d``, and where they follow it ``ReLU`` and a pooling.

    Arguments:
        layer: the convolution.
        name: of the layer in the network, such as "3".
        shape: what its kernels are made for.
    """

    layer: Conv2d
    name: str
    shape: Convolution
    trains: bool = field(default=True, init=False)

    def forward(self, build: Builder, x: Array) -> Array:
        """One kernel for all of it."""
        shape, registers = self.shape, build.machine.registers
        tile = ChannelTiles(shape.O, shape.groups, shape.forward_shape(registers).rows)
        y = build.maps(shape.O * shape.pixels_out)
        self._x, self._y = x, y
        self._notes: AnyArray = build.array(
            (build.blocks, shape.O, max(shape.notes, 1) if build.training else 1, build.L), "uint8"
        )
        bias = self.layer.bias.value if self.layer.bias else build.nothing(shape.O)
        build.add(
            convolution_forward,
            {"shape": shape, "keeps": build.training},
            [x, self.layer.weight.value, bias, y, self._notes, 0, 0],
            build.blocks * tile.count,
            scratch=(5, tile.large * scratch_rows(shape) * shape.windows.OW * build.L),
        )
        return y

    def backward(self, build: Builder, dy: Array, *, needs_dx: bool) -> Array | None:
        """Through pooling and ReLU once for all, where dx needs that too; else inside the kernel of dW."""
        shape, source = self.shape, Source.DENSE
        if shape.relu or shape.pooling:
            source = Source.BEHIND
            if needs_dx:
                dense = build.maps(shape.O * shape.pixels)
                arguments = [dy, self._y, self._notes, dense]
                build.add(spread_maps, {"shape": shape}, arguments, build.blocks * shape.O)
                dy, source = dense, Source.DENSE
        dx = None
        if needs_dx:
            dx = build.maps(shape.C * shape.pixels_in)
            tasks = build.blocks * dx_tiles(shape, build.machine.registers).count
            build.add(convolution_dx, {"shape": shape}, [dy, self.layer.weight.value, dx], tasks)
        self._weights(build, dy, source, waits=not needs_dx)
        return dx

    def _weights(self, build: Builder, dy: Array, source: Source, *, waits: bool) -> None:
        shape, registers = self.shape, build.machine.registers
        count = chunks(shape, registers, build.blocks)
        dw = build.array((count, *self.layer.weight.shape))
        db = build.array((count, shape.O))
        build.parts.append(Part(f"{self.name}.weight", self.layer.weight, dw))
        if self.layer.bias:
            build.parts.append(Part(f"{self.name}.bias", self.layer.bias, db))
        build.add(
            convolution_dw,
            {"shape": shape, "source": source},
            [self._x, dy, self._y, self._notes, dw, db, 0, 0, build.blocks, count],
            count * dw_tiles(shape, registers).count,
            waits=waits,
            scratch=(6, dw_scratch(shape, build.machine, source)),
        )


@dataclass
class PoolingNode:
    """A pooling that does not follow a convolution.

    Arguments:
        pooling: what it does.
        channels: C.
    """

    pooling: Pooling
    channels: int
    trains: bool = field(default=False, init=False)

    def forward(self, build: Builder, x: Array) -> Array:
        """Map by map."""
        windows = self.pooling.windows
        y = build.maps(self.channels * windows.OH * windows.OW)
        self._winners: AnyArray = build.array(y.shape if build.training else (1,), "uint8")
        parameters = {"pooling": self.pooling, "keeps": build.training}
        build.add(pool_forward, parameters, [x, y, self._winners], build.blocks * self.channels)
        return y

    def backward(self, build: Builder, dy: Array, *, needs_dx: bool) -> Array | None:
        """Map by map."""
        if not needs_dx:
            return None
        windows = self.pooling.windows
        dx = build.maps(self.channels * windows.H * windows.W)
        tasks = build.blocks * self.channels
        build.add(pool_backward, {"pooling": self.pooling}, [dy, self._winners, dx], tasks)
        return dx
