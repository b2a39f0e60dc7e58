"""Files and functions of the package stay small enough to be read at a glance.

Counted are lines with code; docstrings, comments and blank lines are not.
"""

import ast
import io
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted([*ROOT.glob("keras_gan/**/*.py"), *ROOT.glob("export/**/*.py")])
LONGEST_FILE, LONGEST_FUNCTION = 300, 45
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_NO_CODE = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT),
    *(tokenize.DEDENT, tokenize.ENDMARKER, tokenize.ENCODING),
}


def code_lines(source, tree):
    """Numbers of the lines that hold more than docstrings and comments."""
    found = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in _NO_CODE:
            found.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node) is not None:
            docstring = node.body[0]
            found -= {*range(docstring.lineno, docstring.end_lineno + 1)}
    return found


def lengths(source):
    """Lines of the file, and of each function by its name."""
    tree = ast.parse(source)
    code = code_lines(source, tree)
    return len(code), {
        node.name: len(code & {*range(node.lineno, node.end_lineno + 1)})
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_counts_code_alone():
    source = '"""A file."""\n\n\ndef one():\n    """Docs."""\n    # why\n    return 1\n'
    assert lengths(source) == (2, {"one": 2})


def test_files_were_found():
    assert len(FILES) > 300 and ROOT / "keras_gan" / "gan.py" in FILES


@pytest.mark.parametrize("room", sorted({path.parent for path in FILES}))
def test_files_and_functions_are_short(room):
    for path in (one for one in FILES if one.parent == room):
        size, functions = lengths(path.read_text("utf-8"))
        assert size <= LONGEST_FILE, path
        long = {name: n for name, n in functions.items() if n > LONGEST_FUNCTION}
        assert not long, path
