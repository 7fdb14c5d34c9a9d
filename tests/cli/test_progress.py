"""What a watched training and a download show; and Ctrl-C, that it is passed back afterwards."""

import signal
import sys

from handgrad.cli.progress import DownloadDisplay, gentle_interrupt


def test_after_the_first_interrupt_the_system_takes_the_second(capfd) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with gentle_interrupt() as came:
        assert came == []
        signal.raise_signal(signal.SIGINT)
        assert came == [signal.SIGINT]
        assert signal.getsignal(signal.SIGINT) == signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    assert "press Ctrl-C again" in capfd.readouterr().err


def test_a_download_in_a_terminal(monkeypatch, capsys) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with DownloadDisplay() as display:
        for received, total in ((500, 1000), (1000, 1000), (300, None)):
            display(received, total)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "1.0/1.0 kB" in shown.err
    assert "300/? bytes" in shown.err
