"""Compares a folder of files with what nbformat makes of them; prints one line for each difference.

N.ipynb       a notebook
N.model       our model of it: must be what nbformat reads
N.written     our file for that model: must be what nbformat writes, byte for byte
N.put         a client's model
N.updated     our file after it: must read as the client's model
"""
import json
import logging
import pathlib
import sys
import warnings

import nbformat

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
folder = pathlib.Path(sys.argv[1])


def text(path):
    return path.read_bytes().decode("utf-8-sig")


def without_random_ids(notebook, keep):
    for place, cell in enumerate(notebook["cells"]):
        if place not in keep:
            cell.pop("id", None)
    return notebook


def own_ids(raw):
    if raw["nbformat"] < 4:
        return set()
    seen, keep = set(), set()
    for place, cell in enumerate(raw["cells"]):
        if "id" in cell and cell["id"] not in seen:
            keep.add(place)
            seen.add(cell["id"])
    return keep


def same(a, b):
    # 1 == 1.0 == True in Python, but the files differ.
    return json.dumps(a, sort_keys=True) == json.dumps(b, sort_keys=True)


for path in sorted(folder.glob("*.ipynb")):
    keep = own_ids(json.loads(text(path)))
    theirs = json.loads(json.dumps(nbformat.reads(text(path), as_version=4)))
    ours = json.loads(text(path.with_suffix(".model")))
    if not same(without_random_ids(theirs, keep), without_random_ids(ours, keep)):
        print(path.name, "model")
    content = nbformat.from_dict(json.loads(text(path.with_suffix(".model"))))
    written = nbformat.writes(content)
    if (written if written.endswith("\n") else written + "\n").encode() != path.with_suffix(".written").read_bytes():
        print(path.name, "written")
    put = path.with_suffix(".put")
    if put.exists():
        wanted = json.loads(nbformat.writes(nbformat.from_dict(json.loads(text(put))), split_lines=False))
        after = text(path.with_suffix(".updated"))
        updated = json.loads(nbformat.writes(nbformat.reads(after, as_version=4), split_lines=False))
        keep = own_ids(json.loads(after))  # a client that changed nothing leaves a file without ids
        wanted, updated = without_random_ids(wanted, keep), without_random_ids(updated, keep)
        if wanted != updated:
            print(path.name, "updated")
print("done")
