"""The pages that the documentation's site has of the scripts in examples/."""

import ast
import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def example_pages(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs")
    spec = importlib.util.spec_from_file_location(
        "_example_pages", ROOT / "docs" / "_example_pages.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.modules.pop("_docstrings", None)


def test_every_script_has_a_page_and_its_picture(example_pages):
    gallery = (ROOT / "docs" / "gallery.md").read_text("utf-8")
    found = [one for each in example_pages.sections(gallery).values() for one in each]
    assert sorted(found) == sorted(path.stem for path in ROOT.glob("examples/*.py"))
    assert set(example_pages.pages(ROOT)) == set(found)
    pictures = [
        picture
        for scripts in example_pages.sections(gallery).values()
        for picture in scripts.values()
        if picture
    ]
    assert len(pictures) > 15
    assert all((ROOT / picture).is_file() for picture in pictures)


def test_pages_are_the_scripts_with_a_title(example_pages, tmp_path):
    folders = example_pages.stage(ROOT, tmp_path)
    assert Path(folders[0]).name == "begin"
    for script in ROOT.glob("examples/*.py"):
        (page,) = tmp_path.glob(f"*/{script.name}")
        original, copy = (ast.parse(path.read_text("utf-8")) for path in (script, page))
        assert list(map(ast.dump, copy.body[1:])) == list(
            map(ast.dump, original.body[1:])
        )
        title = f"{script.name}\n{'=' * len(script.name)}\n"
        assert ast.get_docstring(copy, clean=False).startswith(title)


def test_pages_that_are_right_are_left_alone(example_pages, tmp_path):
    example_pages.stage(ROOT, tmp_path)
    page = tmp_path / "begin" / "quickstart.py"
    before = page.stat().st_mtime_ns
    example_pages.stage(ROOT, tmp_path)
    assert page.stat().st_mtime_ns == before
    page.write_text("")
    example_pages.stage(ROOT, tmp_path)
    assert page.read_text("utf-8")
