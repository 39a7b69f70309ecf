"""A pack in a smaller size: resized once, read as often as wanted."""

import shutil
import tempfile
import weakref

import numpy as np

from ._transforms import scale


class Level:
    """All images of a pack in another size, each resized when it is first asked for.

    They are kept in a file of the pack's folder, which has no name and is gone with the process: memory does not grow with them. Where that folder
    cannot be written, or has less than twice the room, or they are larger than the pack's, they are resized each time. The pixels are the same.
    """

    def __init__(self, src, size):
        self._pixels, self._size = src.pixels, size
        self._bytes = size[0] * size[1] * 3
        self._there = np.zeros(len(src), bool)
        self._file, self._kept = None, None
        total = len(src) * self._bytes
        try:
            if self._pixels.nbytes > total and shutil.disk_usage(src.path).free > 2 * total:
                self._file = tempfile.TemporaryFile(dir=src.path, buffering=0)
                weakref.finalize(self, self._file.close)
                self._file.truncate(total)
                self._kept = np.asarray(np.memmap(self._file, np.uint8, "r", shape=(len(src), *size, 3)))
        except OSError:
            pass

    def take(self, numbers):
        """Pixels, and at which numbers of them the images of these numbers are."""
        if self._kept is not None:
            missing = np.unique(numbers[~self._there[numbers]])
            try:
                if len(missing):
                    self._keep(missing)
                return self._kept, numbers
            except OSError:
                # The disk is full.
                self._kept = None
        return scale(self._pixels[numbers], self._size), np.arange(len(numbers))

    def _keep(self, numbers):
        for number, image in zip(numbers, scale(self._pixels[numbers], self._size)):
            # Written, not mapped for writing: a full disk is then an error and not the end of the process.
            self._file.seek(int(number) * self._bytes)
            left = image.reshape(-1).data
            while left:
                left = left[self._file.write(left):]
        self._there[numbers] = True
