"""What a job is told by its environment."""

import itertools
import json
import os
from pathlib import Path


def params(defaults=None, **more):
    """The job's parameters as a dict: the defaults given here, and over them what the job was submitted with.

    >>> params(epochs=3, lr=0.1)
    {'epochs': 3, 'lr': 0.1}
    """
    text = os.environ.get("HOLDFAST_PARAMETERS", "").strip()
    try:
        given = json.loads(text) if text else {}
    except ValueError as fault:
        raise ValueError(f"HOLDFAST_PARAMETERS is not JSON: {fault}") from None
    if not isinstance(given, dict):
        raise ValueError("HOLDFAST_PARAMETERS is not a JSON object.")
    return {**(defaults or {}), **more, **given}


def output(*parts):
    """The output folder, or a path in it, as a Path. The folder that it is in is made.

    It is HOLDFAST_OUTPUT, which a job gets, else ./holdfast-output.
    """
    path = Path(os.environ.get("HOLDFAST_OUTPUT") or "holdfast-output").absolute().joinpath(*parts)
    (path.parent if parts else path).mkdir(parents=True, exist_ok=True)
    return path


def model_dir():
    """The folder for the trained model, made: AIP_MODEL_DIR where that is a path, else model/ of the output."""
    given = os.environ.get("AIP_MODEL_DIR", "")
    path = Path(given) if given.startswith("/") else output("model")
    path.mkdir(parents=True, exist_ok=True)
    return path


def shard(items=None):
    """Which copy of the job this is: (index, count), (0, 1) where there is one only. With items: this copy's share of them.

    Every item is in exactly one copy's share, as long as all copies give the same items in the same order.
    """
    index, count = (int(os.environ.get(name) or usual) for name, usual in (("HOLDFAST_SHARD_INDEX", 0), ("HOLDFAST_SHARD_COUNT", 1)))
    if not 0 <= index < count:
        raise ValueError(f"HOLDFAST_SHARD_INDEX {index} is not below HOLDFAST_SHARD_COUNT {count}.")
    if items is None:
        return index, count
    if hasattr(items, "__getitem__") and not hasattr(items, "keys"):
        return items[index::count]
    return list(itertools.islice(items, index, None, count))
