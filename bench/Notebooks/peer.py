"""Times json and nbformat on the files of a folder, in memory; prints seconds for each, best of three."""
import json
import logging
import pathlib
import sys
import time
import warnings

import nbformat

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
texts = [path.read_bytes() for path in sorted(pathlib.Path(sys.argv[1]).glob("*.ipynb"))]


def plain(data):
    notebook = json.loads(data.decode())
    return (json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False, separators=(",", ": ")) + "\n").encode()


def jupyter(data):
    return (nbformat.writes(nbformat.reads(data.decode(), as_version=4)) + "\n").encode()


for work in (plain, jupyter):
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for data in texts:
            work(data)
        best = min(best, time.perf_counter() - start)
    print(best)
