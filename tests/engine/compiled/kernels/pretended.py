"""A kernel that runs at once, in Python: what its code would do, without compiling it."""

from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """A whole number that a compiled kernel would know only when it runs."""

    now: int

    def __add__(self, other):
        return Number(self.now + known(other))

    def __sub__(self, other):
        return Number(self.now - known(other))

    def __rsub__(self, other):
        return Number(other - self.now)

    def __mul__(self, other):
        return Number(self.now * known(other))

    __radd__, __rmul__ = __add__, __mul__

    def __floordiv__(self, other):
        assert self.now >= 0, "kernels divide nothing negative"
        return Number(self.now // known(other))

    def __mod__(self, other):
        assert self.now >= 0, "kernels divide nothing negative"
        return Number(self.now % known(other))

    def __lt__(self, other):
        return self.now < known(other)

    def __ge__(self, other):
        return self.now >= known(other)

    def equals(self, other):
        return self.now == known(other)

    def least(self, other):
        return Number(min(self.now, known(other)))

    def most(self, other):
        return Number(max(self.now, known(other)))


def known(value):
    return value.now if isinstance(value, Number) else value


class Pretended:
    """Has a kernel's control flow; code inside ``when`` runs in any case: ``true`` says if it counts."""

    def __init__(self):
        self._truths = []

    @property
    def true(self):
        return all(self._truths)

    def loop(self, start, stop, step=1):
        for index in range(known(start), known(stop), step):
            yield Number(index)

    @contextmanager
    def when(self, truth):
        self._truths.append(truth)
        yield
        self._truths.pop()

    def whole(self, value):
        return value if isinstance(value, Number) else Number(value)
