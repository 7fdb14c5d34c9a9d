"""What a forked child must forget: its parent's threads, which it has not, and the locks that they held."""

import os
from typing import Protocol
from weakref import WeakSet


class Forkable(Protocol):
    """Something with locks or counts of threads."""

    def after_fork(self) -> None:
        """Begin anew, in the child."""
        ...


_KNOWN: "WeakSet[Forkable]" = WeakSet()


def remember(one: Forkable) -> None:
    """Have its `after_fork` called in every forked child, as long as it lives."""
    _KNOWN.add(one)


def _in_child() -> None:
    for one in list(_KNOWN):
        one.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
