"""What is cut out of an image, and what it is made into, a batch at a time."""

import math

import numpy as np


def crop(height, width=None):
    """Cuts out so many pixels as they are: at a random place in training, out of the middle in validation. The fastest."""
    return _Item(height, width, scales=False)


def resize(height, width=None):
    """The largest part of this shape, from a random place in training and out of the middle in validation, resized: fastai's Resize.

    On a GPU torch resizes the batch. Otherwise an image is resized whole when it is first drawn, by numpy, kept (`Level`), and cut in every epoch.
    """
    return _Item(height, width, scales=True)


class _Item:
    def __init__(self, height, width, scales):
        self.size = (int(height), int(height if width is None else width))
        self.scales = scales
        if min(self.size) < 1:
            raise ValueError(f"Images of {self.size[0]} × {self.size[1]} pixels cannot be made.")

    def region(self, height, width):
        """The height and width of what is cut out of images of this size."""
        if not self.scales:
            if self.size[0] > height or self.size[1] > width:
                raise ValueError(f"{self.size[0]} × {self.size[1]} pixels cannot be cut out of images of {height} × {width}. Take hd.resize, or pack larger images.")
            return self.size
        scale = min(height / self.size[0], width / self.size[1])
        return max(1, min(height, round(self.size[0] * scale))), max(1, min(width, round(self.size[1] * scale)))

    def whole(self, height, width):
        """The height and width of images of this size when they are as much resized as what is cut out of them."""
        return tuple(max(made, round(all_ * made / part)) for all_, made, part in zip((height, width), self.size, self.region(height, width)))


def cut(pixels, numbers, tops, lefts, size, mirrored=None, upturned=None):
    """Cuts a part of one size out of each image, some of them mirrored: count × height × width × 3 bytes."""
    height, width = size
    out = np.empty((len(numbers), height, width, 3), np.uint8)
    backwards = np.arange(width * 3).reshape(width, 3)[::-1].ravel()
    for at, (number, top, left) in enumerate(zip(numbers, tops, lefts)):
        part = pixels[number, top:top + height, left:left + width]
        if upturned is not None and upturned[at]:
            part = part[::-1]
        if mirrored is not None and mirrored[at]:
            # A gather of bytes is twice as fast as a copy of pixels backwards.
            np.take(part.reshape(height, width * 3), backwards, axis=1, out=out[at].reshape(height, width * 3), mode="clip")
        else:
            out[at] = part
    return out


def scale(batch, size):
    """Resizes count × height × width × 3 bytes: bilinear with antialiasing, as Pillow's, with weights of 1/256."""
    if batch.shape[1:3] == tuple(size):
        return batch
    count, height, width, _ = batch.shape
    rows, tall = _taps(height, size[0])
    columns, wide = _taps(width, size[1])
    tall = [weight[:, None] for weight in tall]
    wide = [np.repeat(weight, 3) for weight in wide]
    columns = [(column[:, None] * 3 + np.arange(3)).ravel() for column in columns]
    out = np.empty((count, size[0], size[1] * 3), np.uint8)
    # One image after the other, in the same small buffers, which stay in the processor's cache.
    down, across = _Blend((size[0], width * 3)), _Blend((size[0], size[1] * 3))
    for target, image in zip(out, batch.reshape(count, height, width * 3)):
        target[:] = across.of(down.of(image.astype(np.uint16), rows, tall, 0), columns, wide, 1)
    return out.reshape(count, size[0], size[1], 3)


class _Blend:
    """Sums of bytes times weights that add up to 256: with a half, for rounding, that is what 16 bits hold."""

    def __init__(self, shape):
        self._part, self._sum = np.empty(shape, np.uint16), np.empty(shape, np.uint16)

    def of(self, image, places, weights, axis):
        self._sum.fill(128)
        for place, weight in zip(places, weights):
            np.take(image, place, axis=axis, out=self._part, mode="clip")
            self._part *= weight
            self._sum += self._part
        self._sum >>= 8
        return self._sum


def _taps(inputs, outputs):
    ratio = inputs / outputs
    support = max(ratio, 1.0)
    most = math.ceil(support) * 2 + 1
    firsts, weights = np.zeros((most, outputs), np.intp), np.zeros((most, outputs), np.int64)
    for output in range(outputs):
        center = (output + 0.5) * ratio
        first, last = max(0, int(center - support + 0.5)), min(inputs, int(center + support + 0.5))
        share = np.maximum(0, 1 - np.abs((np.arange(first, last) - center + 0.5) / support))
        whole = np.round(share / share.sum() * 256).astype(np.int64)
        whole[np.argmax(whole)] += 256 - whole.sum()
        firsts[:, output] = np.minimum(first + np.arange(most), inputs - 1)
        weights[:last - first, output] = whole
    used = weights.any(axis=1)
    return firsts[used], weights[used].astype(np.uint16)
