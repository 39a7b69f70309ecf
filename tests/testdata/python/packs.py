"""A pack as `holdfast data pack` writes it, made by hand."""
import csv
import hashlib
import json
import pathlib

import numpy as np

HEAD = ["key", "path", "label", "split", "weight", "width", "height", "sha256"]


def write(folder, labels, size=(12, 8), splits=None, weights=None, seed=0, names="{:03}.jpg"):
    """Image n is all of one colour but for noise below 8, so that it can be told from the others."""
    folder = pathlib.Path(folder)
    folder.mkdir()
    random = np.random.RandomState(seed)
    count = len(labels)
    pixels = random.randint(0, 8, (count, *size, 3)).astype(np.uint8) + (np.arange(count) * 3 % 240).astype(np.uint8)[:, None, None, None]
    np.save(folder / "pixels.npy", pixels)
    with (folder / "manifest.csv").open("w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(HEAD)
        for at, label in enumerate(labels):
            key = names.format(at)
            rows.writerow([key, f"{label}/{key}", label, splits[at] if splits else "", weights[at] if weights else "", 48, 64, hashlib.sha256(key.encode()).hexdigest()])
    mean, std = pixels.mean((0, 1, 2)) / 255, pixels.std((0, 1, 2)) / 255
    info = dict(version=1, count=count, height=size[0], width=size[1], method="crop", filter="bilinear", key="name", labels="folder", source="/photographs", mean=mean.tolist(), std=std.tolist(), left_out=[])
    (folder / "pack.json").write_text(json.dumps(info))
    return pixels
