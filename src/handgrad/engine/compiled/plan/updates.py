"""The end of a training step: gradients added up, looked at, clipped, and used."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from handgrad._typing import Array
from handgrad.engine.compiled.kernels.gradients import NUMBERS, collect, sum_of_squares
from handgrad.engine.compiled.kernels.update import average, update
from handgrad.engine.compiled.plan.builder import Builder
from handgrad.optim import (
    SGD,
    Adagrad,
    Adam,
    AdamW,
    ClipGradNorm,
    ClipGradValue,
    Clipping,
    Optimizer,
    RMSprop,
)

Numbers = dict[str, float]
CLIPPINGS = (ClipGradNorm, ClipGradValue)  # exactly: a class made from them may do something else


@dataclass(frozen=True)
class Rule:
    """How an optimizer's formula is run.

    Arguments:
        flags: what it does beside the plain rule.
        numbers: of one step, from the learning rate and the step's number, which counts from 1.
    """

    flags: tuple[str, ...]
    numbers: Callable[[float, int], Numbers]


def rule_of(optimizer: Any, *, decays: bool) -> Rule | None:
    """An optimizer's rule, for parameters that decay or do not; None: there is no kernel for it."""
    kind, o = type(optimizer), optimizer
    if kind not in (SGD, Adam, AdamW, RMSprop, Adagrad):
        return None
    decay = ("decay",) if decays and o.weight_decay else ()
    if kind is SGD:
        form = () if o.momentum_form == "torch" else (o.momentum_form,)
        extra = ("momentum", *form, *(("nesterov",) if o.nesterov else ())) if o.momentum else ()
        return Rule(
            decay + extra,
            lambda lr, step: {
                "lr": lr,
                "decay": o.weight_decay,
                "momentum": o.momentum,
                "share": o.gradient_share(lr, step),
            },
        )
    if kind in (Adam, AdamW):
        extra = ("amsgrad",) if o.amsgrad else ()
        decay = ("decoupled",) if kind is AdamW and decays else decay if kind is Adam else ()
        beta1, beta2 = o.betas
        return Rule(
            decay + extra,
            lambda lr, step: {
                "decay": o.weight_decay,
                "kept": 1 - lr * o.weight_decay,
                "one_less_beta1": 1 - beta1,
                "one_less_beta2": 1 - beta2,
                "correction2": math.sqrt(1 - beta2**step),
                "eps": o.eps,
                "step": lr / (1 - beta1**step),
            },
        )
    if kind is RMSprop:
        extra = (("centered",) if o.centered else ()) + (("momentum",) if o.momentum else ())
        return Rule(
            decay + extra,
            lambda lr, step: {
                "lr": lr,
                "decay": o.weight_decay,
                "one_less_alpha": 1 - o.alpha,
                "eps": o.eps,
                "momentum": o.momentum,
            },
        )
    return Rule(
        decay,
        lambda lr, step: {
            "decay": o.weight_decay,
            "eps": o.eps,
            "step": lr / (1 + (step - 1) * o.lr_decay),
        },
    )


def clips_in_kernels(clip: Clipping) -> bool:
    """Whether nothing of a clipping runs in NumPy."""
    return type(clip) is ClipGradValue or (type(clip) is ClipGradNorm and clip.norm_type == 2)


class Updates:
    """What follows the backward pass.

    Arguments:
        build: of the plan; its ``parts`` are all there.
        optimizer: whose step it is.
        slots: what the optimizer remembers, by parameter name and slot name.
        clip: what is done to large gradients; one that has no kernel is not run here.
        averages: by parameter name; empty: none are kept, or not by kernels.
    """

    def __init__(
        self,
        build: Builder,
        optimizer: Optimizer,
        slots: dict[str, dict[str, Array]],
        clip: Clipping | None,
        averages: dict[str, Array],
    ) -> None:
        clip = clip if type(clip) in CLIPPINGS else None
        self.flag = build.array((1,), "int64")
        self.gradients: dict[str, Array] = {}
        for part in build.parts:
            self._collect(build, part.name, part.parts)
        self._squares: Array | None = None
        if isinstance(clip, ClipGradNorm) and clip.norm_type == 2:
            self._square(build)
        build.close()
        self.stages_before = len(build.stages)
        self._optimizer, self._clip = optimizer, clip
        self._tables: list[tuple[Any, Rule, tuple[str, ...], bool]] = []
        self._updated: set[int] = set()
        self.compiled = rule_of(optimizer, decays=True) is not None
        if self.compiled:
            for is_bias in (False, True):
                self._group(build, is_bias, slots)
        self._values = [part.parameter.value for part in build.parts]
        self._share = build.array((1,))
        for part in build.parts if averages else []:
            size = part.parameter.value.size
            arguments = [part.parameter.value, averages[part.name], size, self.flag, self._share]
            build.add(average, {}, arguments, ceil(size / NUMBERS), waits=part is build.parts[0])
        build.close()

    def _collect(self, build: Builder, name: str, parts: Array) -> None:
        count, size = len(parts), parts[0].size
        # the only part there is may be looked at where it is
        gradient = self.gradients[name] = parts[0] if count == 1 else build.array(parts.shape[1:])
        waits = len(self.gradients) == 1
        arguments = [parts, gradient, size, count, self.flag]
        build.add(collect, {}, arguments, ceil(size / NUMBERS), waits=waits)

    def _square(self, build: Builder) -> None:
        tasks = [ceil(gradient.size / NUMBERS) for gradient in self.gradients.values()]
        self._squares = build.array((sum(tasks),), "float64")
        first = 0
        for count, gradient in zip(tasks, self.gradients.values(), strict=True):
            arguments = [gradient, gradient.size, self._squares[first:]]
            build.add(sum_of_squares, {}, arguments, count, waits=first == 0)
            first += count

    def _group(self, build: Builder, is_bias: bool, slots: dict[str, dict[str, Array]]) -> None:
        """The weights, or the biases: they may differ in rate and decay."""
        members = [part for part in build.parts if part.parameter.is_bias == is_bias]
        rule = rule_of(self._optimizer, decays=self._optimizer.decay_bias or not is_bias)
        if not members or rule is None:
            return
        flags = rule.flags
        if self._squares is not None or isinstance(self._clip, ClipGradNorm):
            flags = (*flags, "clip_norm")
        if isinstance(self._clip, ClipGradValue):
            flags = (*flags, "clip_value")
        words = (*rule.numbers(0.0, 1), "scale", "bound")
        table = build.array((len(words),))
        for part in members:
            own = slots[part.name]
            parameters = {
                "rule": type(self._optimizer).__name__,
                "flags": flags,
                "slots": tuple(own),
                "numbers": words,
            }
            size = part.parameter.value.size
            gradient = self.gradients[part.name]
            arguments = [part.parameter.value, gradient, size, self.flag, table, *own.values()]
            # the first waits for all gradients; a parameter that two layers share waits for its own update
            waits = not self._updated or id(part.parameter) in self._updated
            self._updated.add(id(part.parameter))
            build.add(update, parameters, arguments, ceil(size / NUMBERS), waits=waits)
        self._tables.append((table, rule, words, is_bias))

    @property
    def may_write(self) -> bool:
        """Whether nobody has locked a parameter: a kernel would write into it all the same."""
        return all(value.flags.writeable for value in self._values)

    def norm(self, clip: ClipGradNorm) -> float:
        """Of all gradients together, in the clipping's own norm."""
        if self._squares is None:
            return clip.clip(self.gradients)[1]
        return math.sqrt(float(self._squares.sum()))

    def replace_gradients(self, gradients: Mapping[str, Array]) -> None:
        """Update with these instead, which a clipping's own code made of them."""
        for name, gradient in gradients.items():
            self.gradients[name][...] = gradient

    def prepare(self, lr: float, step: int, *, scale: float, share: float) -> None:
        """Write down the numbers of a step.

        Arguments:
            lr: the learning rate.
            step: the number of the step, counted from 1.
            scale: what gradients are multiplied with.
            share: of the new weights in their average.
        """
        bound = self._clip.clip_value if isinstance(self._clip, ClipGradValue) else 0.0
        for table, rule, words, is_bias in self._tables:
            rate = lr * self._optimizer.bias_lr_multiplier if is_bias else lr
            numbers = rule.numbers(rate, step) | {"scale": scale, "bound": bound}
            table[:] = [numbers[word] for word in words]
        self.share(share)

    def share(self, share: float) -> None:
        """Write down how much of the new weights goes into their average."""
        self._share[0] = share
