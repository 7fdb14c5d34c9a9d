"""Programs whose kernels are Python functions, and quiet before a run that needs a helper."""

import ctypes
import time

from handgrad.engine.compiled.native.program import BOARD, CALL, INSIDE, WAITING, Entry, Program

PATIENCE = 30  # seconds, before a test is given up


def entry(kernel, tasks, waits=True, arguments=()):
    """An entry whose kernel is a Python function of task and thread; keep the second part alive."""
    called = CALL(lambda _, task, thread: kernel(task, thread))
    return Entry(ctypes.cast(called, ctypes.c_void_p).value, list(arguments), tasks, waits), called


def program_of(library, *entries):
    """A program of Python functions; it keeps them alive."""
    program = Program(library, [item for item, _ in entries])
    program.kept_alive = [called for _, called in entries]
    return program


def until_all_helpers_sleep():
    """One that is about to fall asleep may miss the next run; one that sleeps is called, and comes."""
    deadline = time.monotonic() + PATIENCE
    while BOARD.numbers[WAITING] or BOARD.numbers[INSIDE]:
        assert time.monotonic() < deadline
        time.sleep(0.001)
