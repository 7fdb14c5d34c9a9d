"""From a kernel's Python function to the address of its machine code."""

import hashlib
import logging
import re
import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

from llvmlite import binding

from handgrad.engine.compiled.native import forks
from handgrad.engine.compiled.native.emitter import Kernel
from handgrad.engine.compiled.native.machine import Machine
from handgrad.engine.compiled.native.store import Store

LOG = logging.getLogger("handgrad")

LONGEST = 150  # letters of a kernel's name: file systems take 255

Factory = Callable[..., Kernel]
"""``factory(machine, name, **parameters)`` gives the finished kernel of that name."""


class Library:
    """The kernels of this process: each is compiled once, or read from disk, and stays loaded.

    Arguments:
        machine: that kernels are made for.
    """

    def __init__(self, machine: Machine) -> None:
        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
        self.machine, self.store = machine, Store(machine)
        target = binding.Target.from_default_triple()
        self._target_machine = target.create_target_machine(
            cpu=machine.cpu, features=machine.features, opt=3, codemodel="jitdefault", jit=True
        )
        self._engine = binding.create_mcjit_compiler(binding.parse_assembly(""), self._target_machine)
        self._addresses: dict[str, int] = {}
        self.after_fork()
        forks.remember(self)
        self.compiled: dict[str, float] = {}  # by name, the seconds that it took

    def after_fork(self) -> None:
        """In a forked child nobody else compiles."""
        self._lock = threading.Lock()

    def address(self, factory: Factory, **parameters: Any) -> int:
        """Where the machine code of a kernel begins.

        Arguments:
            factory: makes the kernel.
            parameters: what it is specialised for.
        """
        name = kernel_name(factory, parameters)
        with self._lock:
            if name not in self._addresses:
                code = self.store.read(name)
                if code is None:
                    if not self.compiled:
                        LOG.info(
                            "compiling kernels for this CPU; later runs find them in %s", self.store.folder
                        )
                    started = time.perf_counter()
                    code = self.compile(factory, **parameters)
                    self.compiled[name] = time.perf_counter() - started
                    self.store.write(name, code)
                self._addresses[name] = self._load(name, code)
            return self._addresses[name]

    def compile(self, factory: Factory, **parameters: Any) -> bytes:
        """The object code of a kernel, made now."""
        module = self._optimised(factory, parameters)
        return bytes(self._target_machine.emit_object(module))

    def assembly(self, factory: Factory, **parameters: Any) -> str:
        """What `compile` makes, as text for people."""
        return str(self._target_machine.emit_assembly(self._optimised(factory, parameters)))

    def _optimised(self, factory: Factory, parameters: dict[str, Any]) -> Any:
        kernel = factory(self.machine, kernel_name(factory, parameters), **parameters)
        kernel.module.triple = self._target_machine.triple
        module = binding.parse_assembly(kernel.finish())
        module.verify()
        # loops are unrolled and vectorised by the kernels' own code: LLVM is only to tidy up
        options = binding.create_pipeline_tuning_options(speed_level=2)
        options.loop_unrolling = options.loop_vectorization = options.slp_vectorization = False
        builder = binding.create_pass_builder(self._target_machine, options)
        builder.getModulePassManager().run(module, builder)
        return module

    def _load(self, name: str, code: bytes) -> int:
        self._engine.add_object_file(binding.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        return int(self._engine.get_function_address(name))


def kernel_name(factory: Factory, parameters: dict[str, Any]) -> str:
    """A kernel's name, in letters that a symbol and a file may have.

    Example:
        >>> kernel_name(kernel_name, {"tile": (5, 4), "relu": True})
        'kernel_name-tile__5_4-relu_True'
    """
    words = [f"{key}_{value}" for key, value in parameters.items()]
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", "-".join([factory.__name__, *words]))
    name = name.replace("_-", "-").strip("_")
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 17]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"


@cache
def library(machine: Machine) -> Library:
    """The one library of a machine."""
    return Library(machine)
