"""The documentation as a site: `make docs`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import _docstrings
import _example_pages
import _links

import keras_gan

project = "keras_gan"
author = "The keras_gan authors"
release = version = keras_gan.__version__

extensions = [
    *("myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"),
    "sphinx_gallery.gen_gallery",
]
myst_heading_anchors = 3
myst_enable_extensions = ["html_image"]
exclude_patterns = ["_build"]

autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order = "alphabetical"
autodoc_typehints = "none"  # the text of each argument says its type
napoleon_google_docstring, napoleon_numpy_docstring = True, False
napoleon_use_rtype = False  # "data" in `data: Dataset` is a name, and no type
napoleon_custom_sections = [("Warns", "returns_style")]
default_role = "code"  # `name` in a docstring is code, as in Markdown

_ROOT = Path(__file__).parent.parent
_STAGED = _ROOT / "build" / "scripts"
sphinx_gallery_conf = {
    "examples_dirs": str(_STAGED),
    "gallery_dirs": _example_pages.FOLDER,
    "subsection_order": _example_pages.stage(_ROOT, _STAGED),
    "plot_gallery": False,  # they train for minutes to hours; tests run them, small
    "remove_config_comments": True,
    "notebook_extensions": set(),  # scripts take arguments, which notebooks have not
    "show_signature": False,
    "min_reported_time": 1e9,  # nothing ran
}

html_theme = "pydata_sphinx_theme"
html_title = "keras_gan"
html_theme_options = {
    "navbar_center": [],  # the list on the left has all pages
    "show_prev_next": False,
    "show_toc_level": 2,
}
html_sidebars = {"**": ["globaltoc.html"]}
html_show_sourcelink = False


def setup(app):
    """Reads docstrings, and links that leave the folder, as this package has them."""
    app.connect("autodoc-process-docstring", _docstrings.to_rst, priority=100)
    app.connect("source-read", _links.inside)
