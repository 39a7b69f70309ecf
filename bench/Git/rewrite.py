"""Reads and writes every notebook of a folder with nbformat, in one process."""
import logging
import pathlib
import sys
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
import nbformat  # noqa: E402

for path in sorted(pathlib.Path(sys.argv[1]).glob("*.ipynb")):
    nbformat.write(nbformat.read(path, as_version=4), path)
