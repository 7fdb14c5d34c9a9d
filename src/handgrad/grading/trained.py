"""The training of a submission in its process."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from handgrad._typing import AnyArray, ByteArray, IntArray
from handgrad.grading.child.trainer import InterfaceError
from handgrad.grading.remote import Host, raised_of
from handgrad.grading.sandbox import BoxError, LateError
from handgrad.grading.training import ChildError

OWN = f"{InterfaceError.__name__}: "


class InBox:
    """The process of a submission that is trained; see `grading.training.TrainingChild`.

    Arguments:
        host: keeps the process. It is started once: what was learnt is gone when it ends.
        seconds: that a single call may take.
    """

    def __init__(self, host: Host, seconds: float) -> None:
        self.host, self.seconds = host, seconds
        self.lost = ""

    def start(self, protocol: str, settings: Mapping[str, Any]) -> None:
        """Build the submission's network."""
        self._ask({"do": "start", "protocol": protocol, "settings": dict(settings)})

    def step(self, x: ByteArray, y: IntArray) -> float:
        """Learn from a batch."""
        loss = self._ask({"do": "step"}, {"x": x, "y": y})[0].get("loss")
        return loss if isinstance(loss, float) else float("nan")

    def predict(self, x: ByteArray) -> AnyArray:
        """What it says of images; no array at all where nothing came."""
        return self._ask({"do": "predict"}, {"x": x})[1].get("found", np.zeros(0))

    def epoch(self) -> None:
        """An epoch is over."""
        self._ask({"do": "epoch"})

    def _ask(
        self, request: Mapping[str, Any], arrays: Mapping[str, AnyArray] | None = None
    ) -> tuple[dict[str, Any], dict[str, AnyArray]]:
        if self.lost:
            raise ChildError(self.lost)
        try:
            values, found = self.host.ask(request, arrays, self.seconds)
        except LateError as error:
            place = f", in line {error.line} of {error.file}" if error.line else ""
            self.lost = f"One call did not come back within {self.seconds:g} seconds{place}."
            raise ChildError(self.lost) from None
        except BoxError as error:
            self.lost = f"While it was trained, {error}."
            raise ChildError(self.lost) from None
        stop = values.get("raised")
        if stop is not None:
            told = raised_of(stop, self.host.folder)
            place = f" in line {told.line}, {told.text!r}" if told.line else ""
            sentence = told.sentence.removeprefix(OWN)
            if sentence != told.sentence:  # what its course's trainer says of it
                raise ChildError(sentence)
            raise ChildError(f"Training stopped with {sentence}{place}.")
        return values, found
