"""Turns a report into a file, or into a few lines on a terminal.

A renderer reads the report and the shipped templates, and nothing else. The modules that a format needs are loaded
when that format is asked for.
"""

from __future__ import annotations

from auditor.render.interface import Renderer
from auditor.render.registry import DEFAULT, formats, renderer
from auditor.render.writing import prepare, write

__all__ = ["DEFAULT", "Renderer", "formats", "prepare", "renderer", "write"]
