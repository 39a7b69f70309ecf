"""Loaders: batches of one part of a pack, read in this process."""

from collections import Counter, namedtuple

import numpy as np

from . import _transforms
from ._weights import _names, draw

Epoch = namedtuple("Epoch", "number draws distinct items classes")


class Loader:
    """Batches (x, y): x floats of count × 3 × height × width, normalised; y the numbers of the labels in `vocab`. Without labels (x,).

    With torch x and y are tensors on the device: x goes there as bytes and becomes floats there.
    """

    n_inp = 1
    """How many of a batch are the input: fastai's name."""

    def __init__(self, src, items, vocab, *, bs, item, flip, normalize, device, torch, training=False, drop_last=None, weights=None, partial=None, seed=None, labelled=True):
        self.src, self.items, self.vocab, self.bs = src, np.asarray(items), vocab, int(bs)
        if self.bs < 1:
            raise ValueError(f"A batch has at least one item, not {bs}.")
        self.item, self.flip, self.normalize, self.device, self.training = item, flip, normalize, device, training
        self.drop_last = training if drop_last is None else drop_last
        self.weights, self.partial, self.labelled = weights, partial, labelled
        self.seed = int(np.random.SeedSequence().entropy % 2**32) if seed is None else int(seed)
        """Of its draws; one that was not given was taken by chance."""
        self.drawn, self.epochs = None, 0
        self._torch, self._level = torch, None
        # The places of crops and flips have a stream of their own: so they do not change which items are drawn.
        self._draws, self._places = np.random.RandomState(self.seed), np.random.RandomState((self.seed + 1) % 2**32)
        if labelled:
            bare = [src.keys[number] for number in self.items if not src.labels[number]]
            if bare:
                raise ValueError(f"{len(bare)} items have no label: {_names(bare)}. Give labels when packing: holdfast data pack DIR --labels FILE.csv")
            numbers = {label: number for number, label in enumerate(vocab)}
            foreign = sorted({src.labels[number] for number in self.items} - set(numbers))
            if foreign:
                raise ValueError(f"These labels are not in the vocabulary: {_names(foreign)}.")
            self._targets = np.array([numbers[src.labels[number]] for number in self.items], np.int64)
        if training and self.drop_last and len(self) == 0 and len(self.items):
            raise ValueError(f"{self._count()} draws are less than one batch of {self.bs}, and what is less is dropped in training. Take a smaller bs.")

    def __len__(self):
        count = self._count()
        return count // self.bs if self.drop_last else -(-count // self.bs)

    def __iter__(self):
        chosen = self._choose()
        self.drawn, self.epochs = self.items[chosen], self.epochs + 1
        for begin in range(0, len(self) * self.bs, self.bs):
            yield self._batch(chosen[begin:begin + self.bs])

    @property
    def keys(self):
        """The keys of its items, in the order in which validation goes through them."""
        return [self.src.keys[number] for number in self.items]

    @property
    def targets(self):
        """Of its items the numbers of their labels, in the same order."""
        return self._targets

    @property
    def n(self):
        """How many items it has."""
        return len(self.items)

    @property
    def dataset(self):
        """Its items one by one, as bytes and labels."""
        return _Items(self)

    def one_batch(self):
        """The first batch of an epoch that is not counted, and changes no draw."""
        kept = self._draws.get_state(), self._places.get_state()
        batch = self._batch(self._choose()[:self.bs])
        self._draws.set_state(kept[0])
        self._places.set_state(kept[1])
        return batch

    def report(self):
        """What the last epoch has drawn: an Epoch of its number, draws, distinct items, all items, and for each label (items, draws); `print(loader.summary())` says it in words."""
        if self.drawn is None:
            raise ValueError("Nothing was drawn yet: go through the loader once.")
        had, got = (Counter(self.src.labels[number] for number in numbers) for numbers in (self.items, self.drawn))
        return Epoch(self.epochs, len(self.drawn), len(np.unique(self.drawn)), self.n, {label: (had[label], got[label]) for label in sorted(had)})

    def summary(self):
        """`report` in words."""
        epoch = self.report()
        wide = max(map(len, epoch.classes), default=0)
        lines = [f"epoch {epoch.number}: {epoch.draws:,} draws, {epoch.distinct:,} different items, {epoch.distinct / max(1, epoch.items):.0%} of {epoch.items:,}"]
        lines += [f"  {label:{wide}}  {items:6,} items  {draws:6,} draws  {draws / max(1, epoch.draws):6.1%}" for label, (items, draws) in epoch.classes.items()]
        if self.weights is not None:
            lines.append("Draws are with replacement: what an epoch has not seen comes in later ones.")
        return "\n".join(lines)

    def new(self, shuffle=None, drop_last=None, **_):
        """The same items; with shuffle=False in order, whole and as in validation. What else fastai asks for is not heeded."""
        training = self.training if shuffle is None else bool(shuffle)
        return Loader(self.src, self.items, self.vocab, bs=self.bs, item=self.item, flip=self.flip, normalize=self.normalize, device=self.device, torch=self._torch, training=training,
                      drop_last=self.drop_last if drop_last is None else drop_last, weights=self.weights if training else None, partial=self.partial if training else None, seed=self.seed, labelled=self.labelled)

    def to(self, device):
        """Batches go to that device from now on."""
        self.device = device
        return self

    def _count(self):
        return self.n if self.partial is None else min(self.partial, self.n)

    def _choose(self):
        if not self.training:
            return np.arange(self.n)
        if self.weights is not None:
            return draw(self.weights / self.weights.sum(), self.n, self._draws)
        return self._draws.permutation(self.n)[:self._count()]

    def _batch(self, chosen):
        numbers = self.items[chosen]
        height, width = self.src.size
        size = self.item.region(height, width) if self.item else (height, width)
        count, mirrored, upturned = len(numbers), None, None
        if self.training:
            tops, lefts = (self._places.randint(0, whole - part + 1, count) for whole, part in ((height, size[0]), (width, size[1])))
            mirrored = self._places.random_sample(count) < 0.5 if self.flip else None
            upturned = self._places.random_sample(count) < 0.5 if self.flip == "both" else None
        else:
            tops, lefts = ([(whole - part) // 2] * count for whole, part in ((height, size[0]), (width, size[1])))
        wanted = self.item.size if self.item else size
        pixels, on_cpu = self.src.pixels, self._torch is None or self._torch.device(self.device).type == "cpu"
        if on_cpu and size != wanted:
            # Of images that are resized already, at the same place of them.
            whole = self.item.whole(height, width)
            tops, lefts = (np.rint(np.multiply(places, (after - made) / max(1, before - part))).astype(int)
                           for places, before, part, after, made in zip((tops, lefts), (height, width), size, whole, wanted))
            self._level, size = self._level or self.src.level(whole), wanted
            pixels, numbers = self._level.take(numbers)
        images = _transforms.cut(pixels, numbers, tops, lefts, size, mirrored, upturned)
        if self._torch is None:
            x = self._floats(images)
            return (x, self._targets[chosen]) if self.labelled else (x,)
        x = self._torch.from_numpy(self._floats(images)) if on_cpu else self._on_device(images, wanted)
        return (x, self._torch.from_numpy(self._targets[chosen]).to(self.device)) if self.labelled else (x,)

    def _floats(self, images):
        # Row by row: with a last axis of three channels numpy takes six times as long.
        count, height, width, _ = images.shape
        rows = images.reshape(count, height, width * 3).astype(np.float32)
        if self.normalize:
            rows -= np.tile(self.src.mean * 255, width)
            rows *= np.tile(1 / (255 * np.maximum(self.src.std, 1e-6)), width)
        else:
            rows *= np.float32(1 / 255)
        return rows.reshape(count, height, width, 3).transpose(0, 3, 1, 2)

    def _on_device(self, images, wanted):
        torch = self._torch
        x = torch.from_numpy(images).to(self.device).permute(0, 3, 1, 2).float()
        if tuple(x.shape[2:]) != tuple(wanted):
            x = torch.nn.functional.interpolate(x, size=tuple(wanted), mode="bilinear", antialias=True).round_().clamp_(0, 255)
        if not self.normalize:
            return x.div_(255)
        mean, std = (torch.as_tensor(values * 255, device=self.device).view(1, 3, 1, 1) for values in (self.src.mean, np.maximum(self.src.std, 1e-6)))
        return x.sub_(mean).div_(std)


class _Items:
    def __init__(self, loader):
        self._loader = loader

    def __len__(self):
        return self._loader.n

    def __getitem__(self, at):
        number = self._loader.items[at]
        return self._loader.src[number], self._loader.src.labels[number]
