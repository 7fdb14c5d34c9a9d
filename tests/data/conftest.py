"""Small data sets, the real MNIST where it is, and a web server that misbehaves on request."""

from __future__ import annotations

import hashlib
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from handgrad.data import Splits, load_mnist
from handgrad.data.idx import FILES
from handgrad.data.known import MNIST, KnownSet
from handgrad.data.parts import Part, Parts
from tests.real_mnist import folder_or_skip


@pytest.fixture(scope="session")
def mnist() -> Splits:
    return load_mnist(folder_or_skip())


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without data: an empty home, working folder and cache."""
    for variable in ("HANDGRAD_DATA", "LOCALAPPDATA"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def make_part(count: int, seed: int, side: int = 6) -> Part:
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (count, side, side), dtype=np.uint8)
    labels = np.concatenate([np.arange(10), rng.integers(0, 10, count - 10)]).astype(np.uint8)
    return Part(images, labels)


@pytest.fixture
def tiny() -> Parts:
    """36 images to learn from and 12 to test with, of 6x6, every class in both."""
    return Parts(make_part(36, 1), make_part(12, 2))


def idx_bytes(array: np.ndarray) -> bytes:
    """An IDX file of bytes, put together without the code under test."""
    header = bytes([0, 0, 8, array.ndim]) + b"".join(struct.pack(">I", size) for size in array.shape)
    return header + array.astype(np.uint8).tobytes()


def idx_files(parts: Parts) -> dict[str, bytes]:
    arrays = (parts.train.images, parts.train.labels, parts.test.images, parts.test.labels)
    return {name: idx_bytes(array) for name, array in zip(FILES.values(), arrays, strict=True)}


@pytest.fixture
def known(tiny: Parts) -> KnownSet:
    """The tiny set as if it were published: MNIST's table with its checksums, and no mirror."""
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in idx_files(tiny).items()}
    return replace(MNIST, sha256={role: sums[name] for role, name in FILES.items()}, mirrors=(), archives=())


Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


@dataclass
class Server:
    address: str
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)  # by the first folder of the path
    closing: threading.Event = field(default_factory=threading.Event)

    def mirror(self, folder: str, answer: Answer | None = None) -> str:
        if answer is not None:
            self.answers[folder] = answer
        return f"{self.address}/{folder}/"


def deliver(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _, folder, name = self.path.split("/")
            state.asked.append(self.path)
            if name in state.files:
                state.answers.get(folder, deliver)(self, state.files[name])
            else:
                self.send_error(404)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that hangs up is what some tests are about

    with Quiet(("127.0.0.1", 0), Handler) as httpd:
        state = Server(f"http://127.0.0.1:{httpd.server_address[1]}")
        thread = threading.Thread(target=httpd.serve_forever, args=(0.02,))
        thread.start()
        yield state
        state.closing.set()
        httpd.shutdown()
        thread.join()
