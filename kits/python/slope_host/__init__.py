"""Runs a Python plug-in for Slope: `python slope_host/__main__.py`, with docs/PROTOCOL.md on its standard input."""
