"""Training on the test set is found in scripts that do it, and in none that only evaluate."""

import textwrap

import pytest

from handgrad.grading.leak import find_leaks
from handgrad.grading.leak_values import is_test
from tests.grading.clean_scripts import CLEAN
from tests.grading.leak_scripts import LEAKING


@pytest.mark.parametrize("script", CLEAN.values(), ids=CLEAN.keys())
def test_who_only_evaluates_is_not_blamed(script: str) -> None:
    assert [str(leak) for leak in find_leaks({"Project3.py": script})] == []


@pytest.mark.parametrize(("script", "call", "text"), LEAKING.values(), ids=LEAKING.keys())
def test_who_learns_from_it_is_found_once_with_the_line(script: str, call: str, text: str) -> None:
    (leak,) = find_leaks({"Project3.py": script})
    assert (leak.file, leak.call, leak.text) == ("Project3.py", call, text)
    assert script.splitlines()[leak.line - 1].strip() == text
    assert "load" in leak.source or "MNIST" in leak.source or "data['test']" in leak.source
    assert str(leak).startswith(f"Project3.py, line {leak.line}: {text}: learns from test images")


@pytest.mark.parametrize("script", ["x = " + "(" * 150 + ")" * 150, "a = " + "-" * 5000 + "1", "\0", "def"])
def test_hostile_sources_end_nothing(script: str) -> None:
    assert find_leaks({"a.py": script, "b.py": LEAKING["PyTorch"][0]})[0].file == "b.py"


def test_functions_that_call_each_other_for_ever() -> None:
    script = textwrap.dedent("""
        def a(x):
            b(x); b(x); b(x); a(x); a(x)
        def b(x):
            a(x); a(x); a(x); b(x); b(x)
        a(np.load('test.npy'))
    """)
    assert find_leaks({"a.py": script}) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x_test.npy", True),
        ("t10k/Test.npy", True),
        ("latest.npy", False),
        ("testament.npy", False),
        (3, False),
    ],
)
def test_what_names_the_test_set(text: object, found: bool) -> None:
    assert is_test(text) is found
