import os
import subprocess

import pytest

from handgrad.grading.sandbox import users


def test_a_user_whose_processes_run_is_not_free(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([0, 1])
    monkeypatch.setattr(users, "FIRST", os.getuid())
    monkeypatch.setattr(users.secrets, "randbelow", lambda count: next(drawn))
    assert users.free_user() == os.getuid() + 1


def test_ones_own_threads_are_counted() -> None:
    assert users.threads_of(os.getuid()) >= 1
    assert users.threads_of(users.FIRST + users.COUNT + 7) == 0


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_all_processes_of_a_user_are_ended_and_no_others() -> None:
    first, second = users.FIRST + users.COUNT + 1, users.FIRST + users.COUNT + 2
    sleepers = [subprocess.Popen(["/bin/sleep", "60"], user=user) for user in (first, second)]
    try:
        users.end_all_of(first)
        assert sleepers[0].wait(10) == -9
        assert sleepers[1].poll() is None
    finally:
        users.end_all_of(second)
        sleepers[1].wait(10)
