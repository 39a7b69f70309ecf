"""DataBlock: from a pack to loaders for training and validation."""

import importlib
import importlib.util

import numpy as np

from ._loader import Loader
from ._results import Predictions, correct_prior
from ._split import stored
from ._weights import align


class DataBlock:
    """How a pack becomes batches. Every kind of loaders that it makes has the same transforms.

    split: hd.random(0.2, seed=42), hd.by_key(...), or hd.stored(), the default. item: hd.resize(128), hd.crop(128), or None for whole images.
    flip: in training True mirrors half of the images, "both" turns half of them upside down as well. normalize: by the pack's mean and
    deviation; False gives floats from 0 to 1.
    """

    def __init__(self, split=None, item=None, flip=True, normalize=True):
        if flip not in (True, False, "both"):
            raise ValueError(f"flip is True, False or 'both', not {flip!r}.")
        self.split, self.item, self.flip, self.normalize = split or stored(), item, flip, normalize

    def dataloaders(self, src, bs=64, **options):
        """Loaders whose training part is shuffled each epoch.

        seed: of the draws; None takes one by chance. device: where tensors go; None takes the GPU if torch sees one.
        tensors: "torch", "numpy", or None for torch where it is installed. drop_last: whether training drops what is less than a batch.
        """
        return self._loaders(src, bs, options)

    def weighted_dataloaders(self, src, w, bs=64, **options):
        """Loaders whose training part is drawn with replacement, as many as it has items, each by its weight; validation is never resampled.

        w: weights for all items, by key or in the order of src.keys (`hd.align`). The options of `dataloaders`.
        """
        return self._loaders(src, bs, options, weights=align(src, w))

    def partial_dataloaders(self, src, n, bs=64, **options):
        """Loaders whose epoch is n items of the training part, others each time. The options of `dataloaders`."""
        if int(n) < 1:
            raise ValueError(f"An epoch has at least one item, not {n}.")
        return self._loaders(src, bs, options, partial=int(n))

    def _loaders(self, src, bs, options, weights=None, partial=None):
        options = dict(options)
        seed, device, tensors, drop_last = (options.pop(name, None) for name in ("seed", "device", "tensors", "drop_last"))
        if options:
            raise TypeError(f"{', '.join(options)}: no such option. There are seed, device, tensors and drop_last.")
        torch = _torch(tensors)
        if torch is not None and device is None:
            device = "cuda" if torch.cuda.is_available() else "cpu"
        train, valid = (np.asarray(part) for part in self.split(src))
        if not len(train):
            raise ValueError("The split leaves nothing for training.")
        if weights is not None:
            weights = weights[train]
            if not weights.any():
                raise ValueError(f"All {len(train)} items for training have the weight 0, so nothing could be drawn; those for validation are never drawn.")
        vocab = src.vocab
        shared = dict(item=self.item, flip=self.flip, normalize=self.normalize, device=device, torch=torch)
        return DataLoaders(
            Loader(src, train, vocab, bs=bs, training=True, drop_last=drop_last, weights=weights, partial=partial, seed=seed, **shared),
            Loader(src, valid, vocab, bs=bs, seed=0, **shared))


class DataLoaders:
    """`train` and `valid`, each a Loader; `vocab`, the labels."""

    def __init__(self, train, valid):
        self.train, self.valid, self.vocab = train, valid, train.vocab
        self._tested = None

    def __getitem__(self, at):
        return (self.train, self.valid)[at]

    @property
    def c(self):
        """How many labels there are."""
        return len(self.vocab)

    def one_batch(self):
        """One batch for training."""
        return self.train.one_batch()

    def test_dl(self, src, bs=None):
        """A loader of all items of another pack, in the order of its keys, with the transforms of validation and without labels."""
        valid = self.valid
        self._tested = Loader(src, np.arange(len(src)), self.vocab, bs=bs or valid.bs, item=valid.item, flip=valid.flip, normalize=valid.normalize, device=valid.device, torch=valid._torch, seed=0, labelled=False)
        # A model knows the channels as they were in training.
        self._tested.src = _Normalised(src, self.train.src)
        return self._tested

    def correct_prior(self, probs, of=None):
        """Probabilities as they are where classes are as frequent as in the data, of a model that was trained on weighted draws.

        Each is multiplied by the label's share of the training items over its share of the draws, and a row scaled to 1 (Saerens, Latinne and
        Decaestecker 2002). Without weights nothing changes. of: the loader they were predicted for; None takes the last `test_dl`, else `valid`.
        """
        loader = of or self._tested or self.valid
        probs = _array(probs)
        if probs.shape != (loader.n, self.c):
            raise ValueError(f"Probabilities of shape {probs.shape} for {loader.n} items and {self.c} labels. Say by `of` which loader they were predicted for.")
        train = self.train
        prior = np.bincount(train.targets, minlength=self.c) / train.n
        drawn = prior if train.weights is None else np.bincount(train.targets, weights=train.weights, minlength=self.c) / train.weights.sum()
        return Predictions(correct_prior(probs, prior, drawn, self.vocab), loader.keys, self.vocab)

    def to_fastai(self):
        """The same as fastai's DataLoaders, for its Learner."""
        if self.train._torch is None:
            raise ValueError("fastai needs tensors of torch: make these loaders with tensors='torch'.")
        try:
            core = importlib.import_module("fastai.data.core")
        except ImportError:
            raise ImportError("fastai is not installed: pip install fastai") from None
        made = core.DataLoaders(self.train, self.valid, device=self.train.device)
        made.vocab, made.c = self.vocab, self.c
        return made


class _Normalised:
    """A pack with the mean and deviation of another."""

    def __init__(self, src, like):
        self._src, self.mean, self.std = src, like.mean, like.std

    def __getattr__(self, name):
        return getattr(self._src, name)

    def __getitem__(self, at):
        return self._src[at]

    def __len__(self):
        return len(self._src)


def _torch(tensors):
    if tensors not in (None, "numpy", "torch"):
        raise ValueError(f"tensors is 'torch' or 'numpy', not {tensors!r}.")
    if tensors == "numpy" or (tensors is None and importlib.util.find_spec("torch") is None):
        return None
    return importlib.import_module("torch")


def _array(values):
    return np.asarray(values.detach().cpu() if hasattr(values, "detach") else values, dtype=np.float64)
