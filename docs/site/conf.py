"""How Sphinx builds the pages; `build.py` lays out what it reads and calls it."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx

import uncounted

project = "Uncounted"
author = "The Uncounted founders"
copyright = "The Uncounted founders, Apache-2.0"
version = release = uncounted.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
]
root_doc = "index"
language = "en"
# `word` in a docstring is a link where it names something of ours, and plain code otherwise.
default_role = "autolink"
# "--json" stays two hyphens and a quotation mark stays straight: readers copy them.
smartquotes = False
# Pages say nothing about when they were made: the same tree gives the same pages.
html_last_updated_fmt = None

autosummary_generate = False
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True
napoleon_google_docstring = False
napoleon_use_rtype = False

myst_heading_anchors = 4

html_theme = "furo"
html_title = f"Uncounted {release}"
html_copy_source = False
html_show_sourcelink = False


def dashes(app: Sphinx, tree: nodes.document) -> None:
    """Put a dash where Sphinx writes two hyphens between a parameter and what it means."""
    for text in list(tree.findall(nodes.Text)):
        if text == " -- ":
            text.parent.replace(text, nodes.Text(" – "))


def setup(app: Sphinx) -> None:
    """Sphinx calls this."""
    app.connect("doctree-read", dashes)
