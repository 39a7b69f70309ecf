"""Weights: how often each item is to be drawn, always by key or for all items."""

import csv
import math
from collections import Counter

import numpy as np


def weights(src, table=None, power=None):
    """Weights of all items of a pack, as a dict by key.

    power: the number of items of the same label to this power: -0.5 draws rare classes more often, -1 all classes equally often.
    table: a CSV file, keys in its first column, the column `weight`. Without both: those that `holdfast data weights` has stored.
    """
    if table is not None and power is not None:
        raise ValueError("Weights come from a table or from a power, not from both.")
    if table is not None:
        given = _read(table)
    elif power is not None:
        bare = [key for key, label in zip(src.keys, src.labels) if not label]
        if bare:
            raise ValueError(f"{len(bare)} of {len(src)} items have no label, so they are in no class to count: {_names(bare)}.")
        counts = Counter(src.labels)
        given = {key: counts[label] ** float(power) for key, label in zip(src.keys, src.labels)}
    else:
        given = {key: weight for key, weight in zip(src.keys, src.stored_weights) if weight is not None}
    return dict(zip(src.keys, align(src, given).tolist()))


def align(src, given):
    """Weights in the order of the pack, checked: a float64 array of one for each item, training and validation.

    What has keys (a dict, a Series whose index are keys, the path of a CSV file) is aligned by key, whatever its order; every item must
    have a weight and every key an item. What has none must have as many weights as the pack has items.
    """
    if isinstance(given, str) or hasattr(given, "__fspath__"):
        given = _read(given)
    if hasattr(given, "columns"):
        raise TypeError("These weights are a whole table. Give one column with the keys as its index: table.set_index('image_id')['weight'].")
    if hasattr(given, "index") and hasattr(given, "to_numpy"):
        index, values = list(given.index), given.to_numpy()
        if index != list(range(len(index))):
            if index and not isinstance(index[0], str):
                raise ValueError(f"These weights are a Series labelled by {index[:3]}…, which are no keys and not in order, so nobody can say whose weights they are. "
                                 "Give it keys: series.set_axis(keys), or table.set_index('image_id')['weight'].")
            twice = [key for key, count in Counter(index).items() if count > 1]
            if twice:
                raise ValueError(f"These weights have a key more than once: {_names(twice)}.")
            given = dict(zip(index, values))
        else:
            given = values
    if hasattr(given, "keys"):
        missing = [key for key in src.keys if key not in given]
        if missing:
            raise ValueError(f"{len(missing)} of {len(src)} items have no weight: {_names(missing)}. Give each one; 0 is never drawn. Stored ones come from 'holdfast data weights'.")
        foreign = [key for key in given if key not in src._numbers]
        if foreign:
            raise ValueError(f"{len(foreign)} weights are for keys that the pack does not have: {_names(foreign)}. Its keys are as {src.keys[0]!r}.")
        given = [given[key] for key in src.keys]
    try:
        values = np.asarray(list(given) if not hasattr(given, "__array__") else given, dtype=np.float64)
    except (TypeError, ValueError) as fault:
        raise ValueError(f"These weights are not all numbers: {fault}") from None
    if values.shape != (len(src),):
        raise ValueError(f"{values.shape[0] if values.ndim == 1 else values.shape} weights for {len(src)} items. Weights are for all items, those for validation too, in the order of src.keys; or give them by key.")
    for problem, bad in (("is not a number", np.isnan(values)), ("is infinite", np.isinf(values)), ("is negative", values < 0)):
        if bad.any():
            at = int(np.argmax(bad))
            raise ValueError(f"The weight of {src.keys[at]!r} is {values[at]}, which {problem}. Weights are numbers from 0.")
    if not values.any():
        raise ValueError(f"All {len(src)} weights are 0, so nothing could be drawn.")
    return values


def draw(shares, count, random):
    """Numbers drawn with replacement, as NumPy's RandomState.choice(len(shares), count, p=shares) draws them; a share of 0 never is."""
    cumulative = np.cumsum(shares)
    cumulative /= cumulative[-1]
    return cumulative.searchsorted(random.random_sample(count), side="right")


def _read(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        rows = csv.reader(file)
        head = next(rows, [])
        at = head.index("weight") if "weight" in head[1:] else 1 if len(head) == 2 else None
        if at is None:
            raise ValueError(f"{path} has no column 'weight' (it has {', '.join(head)}). Name the column so, or leave only the key and it.")
        found = {}
        for fields in rows:
            if len(fields) != len(head):
                raise ValueError(f"{path}:{rows.line_num}: this row has {len(fields)} fields, the first line has {len(head)}.")
            if fields[0] in found:
                raise ValueError(f"{path}:{rows.line_num}: the key {fields[0]!r} is there twice. Leave one.")
            try:
                found[fields[0]] = float(fields[at])
            except ValueError:
                raise ValueError(f"{path}:{rows.line_num}: the weight of {fields[0]!r} is {fields[at]!r}, which is not a number.") from None
            if not 0 <= found[fields[0]] < math.inf:
                raise ValueError(f"{path}:{rows.line_num}: the weight of {fields[0]!r} is {fields[at]}. Weights are numbers from 0.")
    return found


def _names(keys):
    return ", ".join(map(str, keys[:3])) + (", …" if len(keys) > 3 else "")
