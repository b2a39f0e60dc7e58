"""Docstrings as the documentation's site reads them."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def to_rst():
    path = ROOT / "docs" / "_docstrings.py"
    spec = importlib.util.spec_from_file_location("docstrings_of_docs", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def convert(text):
        lines = text.splitlines()
        module.to_rst(None, "class", "name", None, None, lines)
        return lines

    return convert


def test_formulas_are_code(to_rst):
    assert to_rst("Adds:\n\n    x*y\n    z\n\nAnd ends.") == [
        *("Adds:", ""),
        *("", ".. code-block:: text", "", "    x*y", "    z", ""),
        *("", "And ends."),
    ]


def test_fences_are_code_where_they_stand(to_rst):
    lines = to_rst("Example:\n    ```python\n    a = 1\n      b\n    ```")
    assert lines == [
        "Example:",
        *("", "    .. code-block:: python", ""),
        *("        a = 1", "          b", ""),
    ]


def test_what_would_be_markup_is_escaped_outside_of_code(to_rst):
    assert to_rst("|w_t| of w_ is 2 * `w_` and `a*b`.") == [
        r"\|w_t\| of w\_ is 2 \* `w_` and `a*b`."
    ]
    lines = to_rst("Args:\n    **rules: what `f` takes, 2 * x.")
    assert lines == ["Args:", r"    **rules: what `f` takes, 2 \* x."]


def test_examples_stay_as_they_are(to_rst):
    example = "Example:\n    >>> f(*x)\n    |x|\n\n    After * it."
    assert to_rst(example) == [
        *("Example:", "", "    >>> f(*x)", "    |x|", ""),
        *("", r"    After \* it."),
    ]
