"""Arrays beside memory that nobody may touch: who reads or writes past an end is killed by the system."""

import ctypes
import mmap

import numpy as np

PAGE = mmap.PAGESIZE
FORBIDDEN = 0  # PROT_NONE
SLACK = 0xFF  # bytes between an array and the far guard; as floats they are NaN


class Guards:
    """Makes arrays that end exactly where the forbidden page begins, or begin exactly where one ends.

    Arguments:
        side: "end" or "start".
    """

    def __init__(self, side):
        self.side, self.count = side, 0
        self._protect = ctypes.CDLL(None, use_errno=True).mprotect
        self._protect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
        self._slack = []

    def zeros(self, shape, dtype=np.float32):
        """In the place of ``np.zeros``."""
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
        room = -(-max(size, 1) // PAGE) * PAGE
        memory = np.frombuffer(mmap.mmap(-1, room + 2 * PAGE), np.uint8)
        for guard in (memory[:PAGE], memory[PAGE + room :]):
            if self._protect(guard.ctypes.data, PAGE, FORBIDDEN):
                raise OSError(ctypes.get_errno(), "mprotect")
        first = PAGE + room - size if self.side == "end" else PAGE
        for slack in (memory[PAGE:first], memory[first + size : PAGE + room]):
            slack[:] = SLACK
            self._slack.append(slack)
        self.count += 1
        return memory[first : first + size].view(dtype).reshape(shape)

    def copy(self, array):
        """The same numbers beside a guard."""
        made = self.zeros(array.shape, array.dtype)
        made[...] = array
        return made

    def check(self):
        """Nothing was written on the side without a guard; from here on the memory may go."""
        assert all(np.all(slack == SLACK) for slack in self._slack), "written outside an array"
        self._slack.clear()


class Numpy:
    """NumPy for a module whose own arrays are to be guarded too."""

    def __init__(self, guards):
        self.zeros, self._guards = guards.zeros, guards

    def array(self, values, dtype):
        """In the place of ``np.array``."""
        return self._guards.copy(np.array(values, dtype))

    def __getattr__(self, name):
        return getattr(np, name)
