"""Writes N.script for every N.ipynb of a folder, as nbconvert's Python exporter (or its script exporter for N.plain.ipynb) does; nothing where it fails."""
import logging
import pathlib
import sys
import warnings

from nbconvert.exporters import PythonExporter, ScriptExporter

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
# Otherwise most of the time goes into validating each notebook ten times.
python, plain = PythonExporter(optimistic_validation=True), ScriptExporter(optimistic_validation=True)
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.ipynb")):
    try:
        script, _ = (plain if path.stem.endswith(".plain") else python).from_filename(str(path))
    except Exception as fault:
        print(path.name, repr(fault))
        continue
    path.with_suffix(".script").write_bytes(script.encode("utf-8", "replace"))
