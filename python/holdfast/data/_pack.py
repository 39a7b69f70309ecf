"""Packs: the files that `holdfast data pack` writes."""

import csv
import json
import os
import shutil
import subprocess
import warnings
import weakref
from pathlib import Path

import numpy as np

from ._level import Level

_VERSION = 1
_HEAD = ["key", "path", "label", "split", "weight", "width", "height", "sha256"]
_LEFT_OUT = 3


def open(path):
    """Opens a pack. Its pixels are mapped, not read, and its manifest is read when something of it is asked for."""
    return Pack(path)


def pack(folder, size=None, out=None, labels=None, label_pattern=None, key=None, method=None, filter=None):
    """Packs a folder of images with `holdfast data pack`, or brings its pack up to date, and opens it.

    size: (height, width), or one number for squares; needed for a new pack. out: the pack, FOLDER.pack if None.
    Files that cannot be decoded are left out, with a warning. The program is HOLDFAST_PROGRAM, else the one this package came with,
    else the one on PATH.
    """
    out = out or f"{str(folder).rstrip('/')}.pack"
    height, width = size if isinstance(size, (tuple, list)) else (size, size)
    options = {"--size": height and f"{height}x{width}", "--labels": labels, "--label-pattern": label_pattern, "--key": key, "--method": method, "--filter": filter}
    command = [_program(), "data", "pack", str(folder), "-o", str(out)] + [word for name, value in options.items() if value is not None for word in (name, str(value))]
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
    if ran.returncode == _LEFT_OUT:
        warnings.warn(ran.stderr.strip().replace("holdfast: ", ""), stacklevel=2)
    elif ran.returncode != 0:
        raise ValueError(ran.stderr.strip().replace("holdfast: ", "") or f"{command[0]} ended with {ran.returncode}.")
    return Pack(out)


class Pack:
    """A pack that is read: `len(src)`, `src[0]` an image as an array of height × width × 3 bytes."""

    def __init__(self, path):
        self.path = Path(path)
        """Its folder."""
        place = self.path / "pack.json"
        try:
            self.info = json.loads(place.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise FileNotFoundError(f"{path} is no pack: it has no pack.json. 'holdfast data pack DIR -o {path}' makes one, and ends what was interrupted.") from None
        except ValueError as fault:
            raise ValueError(f"{place}: {fault}") from None
        if self.info.get("version") != _VERSION:
            raise ValueError(f"{place} is of version {self.info.get('version')}, and this package reads version {_VERSION}.")
        # Slices of a plain array cost half of those of a memmap.
        self.pixels = np.asarray(np.load(self.path / "pixels.npy", mmap_mode="r"))
        """All images: count × height × width × 3 bytes, mapped."""
        wanted = (self.info["count"], self.info["height"], self.info["width"], 3)
        if self.pixels.shape != wanted or self.pixels.dtype != np.uint8:
            raise ValueError(f"{self.path / 'pixels.npy'} is {self.pixels.shape} of {self.pixels.dtype}, and pack.json speaks of {wanted}. Remove pack.json and pack again.")
        self.mean, self.std = (np.array(self.info[name], np.float32) for name in ("mean", "std"))
        self._rows = None
        # They go with the last loader that has them.
        self._levels = weakref.WeakValueDictionary()

    def __len__(self):
        return len(self.pixels)

    def __getitem__(self, item):
        return self.pixels[item]

    def __repr__(self):
        return f"Pack({str(self.path)!r}, {len(self)} images of {self.info['height']} × {self.info['width']})"

    @property
    def size(self):
        """Height and width of its images."""
        return self.info["height"], self.info["width"]

    @property
    def keys(self):
        """What its images are called, sorted."""
        return self._column("key")

    @property
    def paths(self):
        """The files its images come from."""
        return [os.path.join(self.info["source"], path) for path in self._column("path")]

    @property
    def labels(self):
        """Of each image; empty where it has none."""
        return self._column("label")

    @property
    def splits(self):
        """Of each image "train", "valid" or "", as `holdfast data split` has set it."""
        return self._column("split")

    @property
    def stored_weights(self):
        """Of each image its weight as a float, as `holdfast data weights` has set it, or None."""
        return [float(text) if text else None for text in self._column("weight")]

    @property
    def vocab(self):
        """The labels, sorted, each once."""
        return sorted(set(self.labels) - {""})

    def index(self, key):
        """The number of the image of a key."""
        self._column("key")
        if key not in self._numbers:
            raise KeyError(f"{self.path} has no image {key!r}; its keys are as {self.keys[0]!r}.")
        return self._numbers[key]

    def level(self, size):
        """All its images in another size, which loaders of that size share."""
        level = self._levels.get(size)
        if level is None:
            level = self._levels[size] = Level(self, size)
        return level

    def _column(self, name):
        if self._rows is None:
            place = self.path / "manifest.csv"
            with place.open(newline="", encoding="utf-8") as file:
                rows = csv.reader(file)
                if next(rows, None) != _HEAD:
                    raise ValueError(f"{place}:1: the columns of a manifest are {','.join(_HEAD)}.")
                columns = list(zip(*rows)) or [()] * len(_HEAD)
            if len(columns[0]) != len(self):
                raise ValueError(f"{place} has {len(columns[0])} rows, and the pack {len(self)} images. Rows may be changed, not added or taken out; pack again.")
            self._rows = dict(zip(_HEAD, map(list, columns)))
            self._numbers = {key: number for number, key in enumerate(self._rows["key"])}
        return self._rows[name]


def _program():
    beside = Path(__file__).resolve().parents[3] / "holdfast"
    found = os.environ.get("HOLDFAST_PROGRAM") or (str(beside) if os.access(beside, os.X_OK) and beside.is_file() else shutil.which("holdfast"))
    if not found:
        raise FileNotFoundError("The program holdfast, which packs, is not on PATH. Put it there, or name it in HOLDFAST_PROGRAM.")
    return found
