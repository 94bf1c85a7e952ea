"""Turns a report into a file, or into a few lines on a terminal.

A format reads the report and the shipped templates, and nothing else. The modules that a format needs are loaded
when that format is asked for.
"""

from __future__ import annotations

from auditor.render.interface import Format
from auditor.render.registry import DEFAULT, formats, render, renderer
from auditor.render.writing import files_of, prepare, write

__all__ = ["DEFAULT", "Format", "files_of", "formats", "prepare", "render", "renderer", "write"]
