"""Runs the command as `python -m auditor.cli`."""

from auditor.cli import main

main()
