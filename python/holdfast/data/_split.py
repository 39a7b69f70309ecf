"""Which items are for training: functions of a pack that give two arrays of numbers, for training and for validation."""

import numpy as np

from ._weights import _names


def random(valid_pct=0.2, seed=None):
    """By chance, as fastai's RandomSplitter: of a permutation (NumPy's RandomState(seed)) the first int(valid_pct · n) are for validation."""
    if not 0 <= valid_pct < 1:
        raise ValueError(f"valid_pct is a share from 0 to below 1, not {valid_pct}.")

    def split(src):
        order = np.random.RandomState(seed).permutation(len(src))
        cut = int(valid_pct * len(src))
        return order[cut:], order[:cut]

    return split


def stored():
    """As `holdfast data split` has stored it in the pack."""

    def split(src):
        parts = np.array(src.splits)
        if (parts == "").any():
            keys = [key for key, part in zip(src.keys, src.splits) if not part]
            raise ValueError(f"{len(keys)} of {len(src)} items are in no part: {_names(keys)}. 'holdfast data split {src.path} --valid 0.2' parts all.")
        return np.flatnonzero(parts == "train"), np.flatnonzero(parts == "valid")

    return split


def by_key(valid):
    """By a list of the keys for validation, or a function that is given a key and says whether it is for validation."""

    def split(src):
        if callable(valid):
            chosen = np.array([bool(valid(key)) for key in src.keys])
        else:
            chosen = np.zeros(len(src), bool)
            chosen[[src.index(key) for key in valid]] = True
        return np.flatnonzero(~chosen), np.flatnonzero(chosen)

    return split
