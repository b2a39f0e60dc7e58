"""A recipe in a Python file of your own."""

import dataclasses
import importlib.util
import os
import sys
from pathlib import Path

from keras_gan.recipes.recipe import Recipe

_VARIABLE = "RECIPE"


def load_recipe(path: str | os.PathLike[str]) -> Recipe:
    """Returns the recipe that a Python file defines, named as the file.

    The file is run, as any Python that you import: name none that you would not run.
    It may import its neighbors.
    It must leave a `Recipe` under the name `RECIPE`; `keras-gan copy-recipe NAME`
    writes one to begin with.

    Args:
        path: of the file.

    Returns:
        recipe: `Recipe` whose name is that of the file without its suffix.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it cannot be run, or defines no recipe.

    Example:
    ```python
    recipe = kg.recipes.load_recipe("my_recipe.py")
    data = kg.datasets.load(recipe.data)
    recipe = recipe.for_data(data)
    data = recipe.prepared(data)
    gan = recipe.build(data, seed=0)
    ```
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"`recipe` must name a Python file. Received: {path}")
    recipe = _variables_of(path).get(_VARIABLE)
    if not isinstance(recipe, Recipe):
        raise ValueError(
            f"{path} must define `{_VARIABLE}`, a keras_gan.recipes.Recipe. Received: "
            f"{recipe!r:.80}"
        )
    return dataclasses.replace(recipe, name=path.stem)


def _variables_of(path: Path) -> dict[str, object]:
    name = f"keras_gan_recipe_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"`recipe` must name a .py file. Received: {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look for their module there
    folder = str(path.parent.resolve())
    if folder not in sys.path:  # last: what lies there takes no name of ours
        sys.path.append(folder)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        raise ValueError(
            f"{path} cannot be run{_line_of(error, path)}: "
            f"{type(error).__name__}: {error} (--debug shows the traceback)"
        ) from error
    return vars(module)


def _line_of(error: Exception, path: Path) -> str:
    """Where in the file it was, as `, line 3`."""
    if isinstance(error, SyntaxError):
        return f", line {error.lineno}"
    line, traceback = None, error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == str(path):
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return "" if line is None else f", line {line}"
