"""A forked child has its parent's memory and none of its threads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BEGIN = """
import os, signal, sys, threading, warnings
warnings.simplefilter("ignore")  # Python warns of any fork beside threads
signal.alarm(40)  # seconds, before a process that hangs is ended
PATIENCE = 20  # the same for children
from pathlib import Path
from handgrad.engine.compiled.native.library import Library
from handgrad.engine.compiled.native.machine import host
from tests.engine.compiled.native_chain import Chain

library = Library(host())
chains = [Chain(library, offset) for offset in range(3)]

def work(times=200):
    for index in range(times):
        chain = chains[index % len(chains)]
        chain.run((1, 2, 3, 16)[index % 4])
        chain.check()

def in_child(action):
    child = os.fork()
    if not child:
        signal.alarm(PATIENCE)
        try:
            action()
            assert any(thread.name == "handgrad-1" for thread in threading.enumerate())  # made anew
            os._exit(0)
        except BaseException as error:
            print("child:", repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    return child

def await_children(children):
    for child in children:
        assert os.waitpid(child, 0)[1] == 0, "a child failed"
"""

AFTERWARDS = """
work()
def again():
    work()
    await_children([in_child(work)])
    work()
children = [in_child(again) for _ in range(2)]
work()
await_children(children)
work()
print("done")
"""

MEANWHILE = """
PATIENCE = 8
stop = threading.Event()
def keep_working():
    while not stop.is_set():
        work(8)
worker = threading.Thread(target=keep_working, daemon=True)
worker.start()
for _ in range(20):
    await_children([in_child(lambda: work(20))])
stop.set()
worker.join()
work()
print("done")
"""

INSIDE = """
import ctypes
from handgrad.engine.compiled.native.program import CALL, Entry, Program

PATIENCE = 5
begun, go_on, done = threading.Event(), threading.Event(), []
def kernel(arguments, task, thread):
    begun.set()
    go_on.wait(60)
    done.append(task)

called = CALL(kernel)
program = Program(library, [Entry(ctypes.cast(called, ctypes.c_void_p).value, [0], 3)])
worker = threading.Thread(target=program.run, args=(1,), daemon=True)
worker.start()
begun.wait(60)  # now a thread is inside, which the child will not have

def same_program():
    go_on.set()
    for threads in (1, 3):
        done.clear()
        program.run(threads)
        assert sorted(done) == [0, 1, 2], done
    work(20)

await_children([in_child(same_program)])
go_on.set()
worker.join()
work()
print("done")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(AFTERWARDS, id="between two runs"),
        pytest.param(
            MEANWHILE,
            id="while another thread runs some",
        ),
        pytest.param(
            INSIDE,
            id="in the middle of the same program",
        ),
    ],
)
def test_a_child_runs_programs_that_its_parent_ran(text, tmp_path):
    root = str(Path(__file__).parents[4])
    environment = os.environ | {"HANDGRAD_KERNELS": str(tmp_path)}
    command = [sys.executable, "-c", BEGIN + text]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=root, timeout=120)
    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr
