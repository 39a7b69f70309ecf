"""Writes N.md, and the pictures of it into N_files, for every N.ipynb of a folder, as 'jupyter nbconvert --to markdown' does; nothing where it fails."""
import logging
import pathlib
import sys
import warnings

from nbconvert.exporters import MarkdownExporter

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
exporter = MarkdownExporter(optimistic_validation=True)
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.ipynb")):
    try:
        text, resources = exporter.from_filename(str(path), resources={"unique_key": path.stem, "output_files_dir": path.stem + "_files"})
    except Exception as fault:
        print(path.name, repr(fault))
        continue
    # A text where no cell has outputs.
    for name, content in dict(resources["outputs"] or {}).items():
        file = path.parent / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
    path.with_suffix(".md").write_bytes(text.encode("utf-8", "replace"))
