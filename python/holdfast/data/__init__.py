"""Images for training: packed once by `holdfast data pack`, weighted by key, read at memory speed.

Needs numpy; gives torch tensors where torch is installed, and does not need it. No Holdfast process and no worker processes are needed.

>>> import holdfast.data as hd
>>> src = hd.open("paddy.pack")
>>> db = hd.DataBlock(split=hd.random(0.2, seed=42), item=hd.resize(128))
>>> dls = db.weighted_dataloaders(src, hd.weights(src, power=-0.5), bs=64)
"""

try:
    import numpy as _numpy  # noqa: F401
except ImportError:
    raise ImportError("holdfast.data needs numpy, which this Python does not have: apt-get install python3-numpy, or pip install numpy") from None

from ._block import DataBlock, DataLoaders
from ._loader import Loader
from ._pack import Pack, open, pack
from ._results import Confusion, Predictions, confusion, correct_prior, show, submission, top_losses
from ._split import by_key, random, stored
from ._transforms import crop, resize
from ._weights import align, weights

__all__ = [
    "Confusion", "DataBlock", "DataLoaders", "Loader", "Pack", "Predictions", "align", "by_key", "confusion", "correct_prior", "crop", "open", "pack", "random", "resize",
    "show", "stored", "submission", "top_losses", "weights",
]
