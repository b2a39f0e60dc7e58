"""`keras_gan.export` is the package `export`, whatever else bears that name."""

import os
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest

import export
import keras_gan as kg

ROOT = Path(export.__file__).parents[1]

# What the finder of an editable install does: it comes after the folders of the path.
EDITABLE = """
import importlib.machinery, importlib.util, sys

class Editable:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in ("keras_gan", "export"):
            file = f"{root}/{name}/__init__.py"
            return importlib.util.spec_from_file_location(name, file)

root = sys.argv[1]
after_the_path = sys.meta_path.index(importlib.machinery.PathFinder) + 1
sys.meta_path.insert(after_the_path, Editable)
"""
SCRIPT = f"""{EDITABLE}
from keras_gan.export import export_onnx

assert sys.modules["export"].export_onnx is export_onnx
print(__name__, export_onnx)
"""


def test_the_names_are_those_of_the_package():
    assert kg.export.__all__ is export.__all__
    assert dir(kg.export) == sorted(export.__all__)
    for name in export.__all__:
        assert getattr(kg.export, name) is getattr(export, name)
    with pytest.raises(AttributeError, match="has no attribute 'contract'"):
        _ = kg.export.contract


def test_a_script_and_a_folder_of_that_name_are_not_in_the_way(tmp_path):
    # The real module between packages that need no TensorFlow, which takes seconds.
    for package, source in (
        ("keras_gan", ""),
        ("export", "__all__ = ['export_onnx']\nexport_onnx = 'ours'\n"),
    ):
        (tmp_path / "ours" / package).mkdir(parents=True)
        (tmp_path / "ours" / package / "__init__.py").write_text(source)
    shutil.copy(ROOT / "keras_gan" / "export.py", tmp_path / "ours" / "keras_gan")
    (tmp_path / "work" / "export").mkdir(parents=True)
    script = tmp_path / "export.py"
    script.write_text(SCRIPT)
    finished = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "ours")],
        capture_output=True,
        text=True,
        cwd=tmp_path / "work",
        env={**os.environ, "PYTHONPATH": str(tmp_path / "work")},
    )
    assert finished.stdout == "__main__ ours\n", finished.stderr


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_who_has_taken_the_name_is_told(monkeypatch, tmp_path, kind):
    taken = types.ModuleType("export")
    if kind == "file":
        taken.__file__ = str(tmp_path / "export.py")
    else:
        taken.__path__ = [str(tmp_path / "export")]
    monkeypatch.setitem(sys.modules, "export", taken)
    with pytest.raises(ImportError, match=f"{tmp_path}/export.* Rename that one"):
        _ = kg.export.export_onnx


def test_a_package_that_is_missing_is_told(monkeypatch, tmp_path):
    monkeypatch.delitem(sys.modules, "export")
    monkeypatch.setattr(sys.modules["keras_gan.export"], "_FOLDER", tmp_path)
    with pytest.raises(ImportError, match="Received: none there"):
        _ = kg.export.export_onnx
    assert "export" not in sys.modules
