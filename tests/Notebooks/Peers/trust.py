"""Asks Debian's nbformat about trust.

signatures SECRET FOLDER   one line for each notebook: its name and its signature; "random" where nbformat makes up cell ids, "unreadable"
sign DATA FILE...          signs as 'jupyter trust' does
check DATA FILE...         one line for each: True or False
cells FILE...              one line for each: whether its cells are trusted by themselves
fill DATA COUNT            puts COUNT signatures in, the first the oldest, as store_signature does
"""
import json
import logging
import pathlib
import sys
import warnings

import nbformat
from nbformat.sign import NotebookNotary, SQLiteSignatureStore

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")


def read(path):
    return nbformat.reads(pathlib.Path(path).read_bytes().decode("utf-8-sig"), as_version=nbformat.NO_CONVERT)


def has_random_ids(path):
    raw = json.loads(pathlib.Path(path).read_bytes().decode("utf-8-sig"))
    if (raw["nbformat"], raw.get("nbformat_minor", 0)) < (4, 5):
        return False
    ids = [cell.get("id") for cell in raw["cells"]]
    return None in ids or len(set(ids)) < len(ids)


def signature(notary, path):
    try:
        notebook = read(path)
        if notebook.nbformat < 3:
            return "None"
        return "random" if has_random_ids(path) else notary.compute_signature(notebook)
    except Exception as error:
        return "unreadable " + repr(error)[:200]


verb, where, *files = sys.argv[1:]
if verb == "signatures":
    notary = NotebookNotary(db_file=":memory:", secret=pathlib.Path(where).read_bytes())
    for path in sorted(pathlib.Path(files[0]).glob("*.ipynb")):
        print(path.name, signature(notary, path))
elif verb == "cells":
    for path in [where, *files]:
        print(NotebookNotary(db_file=":memory:", secret=b"x").check_cells(nbformat.from_dict(json.loads(pathlib.Path(path).read_text()))))
elif verb == "fill":
    store = SQLiteSignatureStore(where + "/nbsignatures.db")
    for number in range(int(files[0])):
        store.db.execute(
            "INSERT INTO nbsignatures (algorithm, signature, last_seen) VALUES (?, ?, ?)",
            ("sha256", str(number), f"2020-01-01 00:00:00.{number:06}"))
    store.db.commit()
else:
    notary = NotebookNotary(data_dir=where)
    for path in files:
        if verb == "sign":
            notary.sign(read(path))
        else:
            print(notary.check_signature(read(path)))
