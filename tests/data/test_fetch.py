import hashlib
import io
import socket
import time
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import numpy as np
import pytest

from handgrad.data import fetch
from handgrad.data.fetch import Patience, fetch_file, fetch_set
from handgrad.data.idx import FILES, write_idx_folder
from handgrad.data.known import FASHION_MNIST, KnownSet
from handgrad.data.parts import Parts
from handgrad.errors import DataError, DownloadError
from tests.data.conftest import Server

CONTENT = bytes(range(256)) * 1000


def right(path: Path) -> None:
    if path.read_bytes() != CONTENT:
        raise DataError(path.name, expected="the checksum a", got="b")


def refuse(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    handler.send_error(403)


def truncate(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content[: len(content) // 2])


def truncate_without_length(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(content[: len(content) // 2])


def wrong(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(b"<html>" + content[6:])


def nonsense(handler: BaseHTTPRequestHandler, content: bytes) -> None:
    handler.wfile.write(b"I am no web server\r\n\r\n")


FAULTS: dict[str, tuple[Callable[[BaseHTTPRequestHandler, bytes], None], str]] = {
    "403": (refuse, "answered 403 Forbidden"),
    "truncates": (truncate, "sent 128000 of 256000 bytes"),
    "truncates silently": (truncate_without_length, "sent a wrong file"),
    "wrong file": (wrong, "sent a wrong file"),
    "nonsense": (nonsense, "127.0.0.1"),
}


@pytest.fixture
def dead_address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/"


@pytest.mark.parametrize("fault", FAULTS)
def test_next_mirror_takes_over(server: Server, tmp_path: Path, fault: str) -> None:
    answer, reason = FAULTS[fault]
    server.files["file"] = CONTENT
    bad, good = server.mirror("bad", answer) + "file", server.mirror("good") + "file"
    assert fetch_file([bad, good], tmp_path / "file", verify=right) == good
    assert (tmp_path / "file").read_bytes() == CONTENT
    with pytest.raises(DownloadError, match=reason):
        fetch_file([bad], tmp_path / "other", verify=right)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_dead_mirror_and_missing_file(server: Server, tmp_path: Path, dead_address: str) -> None:
    server.files["file"] = CONTENT
    addresses = [dead_address + "file", server.mirror("good") + "nothing", server.mirror("good") + "file"]
    assert fetch_file(addresses, tmp_path / "file", verify=right) == addresses[-1]
    with pytest.raises(DownloadError, match=r"refused.*; 127\.0\.0\.1.*answered 404"):
        fetch_file(addresses[:2], tmp_path / "file", verify=right)


def test_mirror_that_never_answers_costs_its_share_of_patience(server: Server, tmp_path: Path) -> None:
    server.files["file"] = CONTENT
    silent = server.mirror("silent", lambda handler, content: server.closing.wait(10) and None)
    patience = Patience(each=0.1, total=0.25)
    with pytest.raises(DownloadError, match=r"no answer within 0\.1 seconds.*not asked, as too much"):
        fetch_file([silent + "file"] * 5, tmp_path / "file", verify=right, patience=patience)
    assert len(server.asked) == 3
    good = server.mirror("good") + "file"
    late = Patience(each=0.1, total=5)
    assert fetch_file([silent + "file", good], tmp_path / "file", verify=right, patience=late) == good
    assert 4.8 < late.total < 4.95


def test_headers_without_a_first_byte_are_no_answer(server: Server, tmp_path: Path) -> None:
    def headers_only(handler: BaseHTTPRequestHandler, content: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.flush()
        server.closing.wait(10)

    server.files["file"] = CONTENT
    bad = server.mirror("bad", headers_only) + "file"
    with pytest.raises(DownloadError, match="no answer within"):
        fetch_file([bad], tmp_path / "file", verify=right, patience=Patience(each=0.2))


def test_slow_download_that_moves_is_waited_for(server: Server, tmp_path: Path) -> None:
    def slow(handler: BaseHTTPRequestHandler, content: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        for start in range(0, len(content), 32000):
            handler.wfile.write(content[start : start + 32000])
            handler.wfile.flush()
            time.sleep(0.05)

    server.files["file"] = CONTENT
    told: list[tuple[int, int | None]] = []
    patience = Patience(each=0.2, total=0.2)  # less than the whole download takes
    fetch_file(
        [server.mirror("slow", slow) + "file"],
        tmp_path / "file",
        verify=right,
        patience=patience,
        progress=lambda so_far, total: told.append((so_far, total)),
    )
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [so_far for so_far, _ in told] == sorted({so_far for so_far, _ in told})
    assert len(told) >= 4
    assert patience.total == 0.2


def test_download_that_stops_moving_is_given_up(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stall(handler: BaseHTTPRequestHandler, content: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[:1000])
        handler.wfile.flush()
        server.closing.wait(10)

    monkeypatch.setattr(fetch, "STALLED", 0.2)
    server.files["file"] = CONTENT
    with pytest.raises(DownloadError, match="stopped after 1000 bytes"):
        fetch_file([server.mirror("stall", stall) + "file"], tmp_path / "file", verify=right)
    assert list(tmp_path.iterdir()) == []


def test_endless_download_is_cut_off(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "LARGEST", 100_000)
    server.files["file"] = CONTENT
    with pytest.raises(DownloadError, match="more than 100000"):
        fetch_file([server.mirror("long") + "file"], tmp_path / "file", verify=right)


def test_place_that_cannot_be_written_is_not_the_mirrors_fault(server: Server, tmp_path: Path) -> None:
    server.files["file"] = CONTENT
    (tmp_path / "blocked").touch()
    with pytest.raises(DataError, match="a place that can be written") as error:
        fetch_file([server.mirror("good") + "file"] * 2, tmp_path / "blocked" / "file", verify=right)
    assert not isinstance(error.value, DownloadError)
    assert len(server.asked) == 1


def test_a_hanging_name_look_up_does_not_hang_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")

    def hang(*arguments: object) -> None:
        time.sleep(1)
        raise socket.gaierror("too late")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    patience = Patience(each=0.1, total=0.2)
    with pytest.raises(DownloadError, match="no answer within"):
        fetch_file(["http://mirror.invalid/file"] * 9, tmp_path / "file", verify=right, patience=patience)
    assert patience.total <= 0


def packed(tmp_path: Path, parts: Parts) -> dict[str, bytes]:
    write_idx_folder(tmp_path / "served", parts)
    return {path.name: path.read_bytes() for path in (tmp_path / "served").iterdir()}


def test_a_set_comes_file_by_file_from_whichever_mirror_has_it(
    server: Server, tmp_path: Path, tiny: Parts, known: KnownSet
) -> None:
    def only_labels(handler: BaseHTTPRequestHandler, content: bytes) -> None:
        if "labels" in handler.path:
            handler.send_response(200)
            handler.end_headers()
            handler.wfile.write(content)
        else:
            handler.send_error(403)

    server.files = packed(tmp_path, tiny)
    first, second = server.mirror("first", only_labels), server.mirror("second", refuse)
    third = server.mirror("third")
    fetch_set(replace(known, mirrors=(first, second, third)), tmp_path / "cache")
    for name in FILES.values():
        assert (tmp_path / "cache" / f"{name}.gz").read_bytes() == server.files[f"{name}.gz"]
    # the mirror that worked is asked first from then on
    assert [path.split("/")[1] for path in server.asked] == [
        "first",
        "second",
        "third",
        "third",
        "third",
        "third",
    ]


def test_only_what_is_missing_or_damaged_is_fetched(
    server: Server, tmp_path: Path, tiny: Parts, known: KnownSet
) -> None:
    server.files = packed(tmp_path, tiny)
    known = replace(known, mirrors=(server.mirror("good"),))
    folder = fetch_set(known, tmp_path / "cache")
    (folder / "t10k-labels-idx1-ubyte.gz").write_bytes(b"damaged")
    (folder / "train-labels-idx1-ubyte.gz").unlink()
    server.asked.clear()
    fetch_set(known, folder)
    assert server.asked == ["/good/train-labels-idx1-ubyte.gz", "/good/t10k-labels-idx1-ubyte.gz"]


def test_archive_is_the_last_resort(server: Server, tmp_path: Path, tiny: Parts, known: KnownSet) -> None:
    content = io.BytesIO()
    arrays = {"x_train": tiny.train.images, "y_train": tiny.train.labels}
    np.savez(content, **arrays, x_test=tiny.test.images, y_test=tiny.test.labels)
    server.files = {**packed(tmp_path, tiny), "all.npz": content.getvalue()}
    known = replace(
        known, mirrors=(server.mirror("bad", refuse),), archives=(server.mirror("npz") + "all.npz",)
    )
    fetch_set(known, tmp_path / "cache")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["mnist.npz"]
    assert server.asked == ["/bad/train-images-idx3-ubyte.gz", "/npz/all.npz"]
    other = io.BytesIO()
    np.savez(other, **arrays, x_test=tiny.test.images[::-1], y_test=tiny.test.labels)
    server.files["all.npz"] = other.getvalue()
    with pytest.raises(DownloadError, match=r"answered 403.*sent a wrong file"):
        fetch_set(known, tmp_path / "elsewhere")


def test_fashion_mnist_is_verified_by_md5(server: Server, tmp_path: Path, tiny: Parts) -> None:
    server.files = packed(tmp_path, tiny)
    sums = {role: hashlib.md5(server.files[f"{name}.gz"]).hexdigest() for role, name in FILES.items()}
    fashion = replace(FASHION_MNIST, mirrors=(server.mirror("good"),), md5=sums)
    fetch_set(fashion, tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 4
    with pytest.raises(DownloadError, match="sent a wrong file"):
        fetch_set(replace(fashion, md5=FASHION_MNIST.md5), tmp_path / "elsewhere")
