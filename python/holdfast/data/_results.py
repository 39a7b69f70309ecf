"""What a model has learned: priors, confusion, losses, submissions."""

import csv
import os
from collections import namedtuple

import numpy as np

Loss = namedtuple("Loss", "key label predicted loss probability")


class Predictions:
    """Probabilities of items with their keys, so that no order has to be remembered."""

    def __init__(self, probs, keys, vocab):
        self.probs, self.keys, self.vocab = np.asarray(probs), list(keys), list(vocab)
        if self.probs.shape != (len(self.keys), len(self.vocab)):
            raise ValueError(f"Probabilities of shape {self.probs.shape} for {len(self.keys)} keys and {len(self.vocab)} labels.")

    def __array__(self, dtype=None, copy=None):
        return np.array(self.probs, dtype=dtype)

    def __len__(self):
        return len(self.keys)

    @property
    def labels(self):
        """The likeliest label of each."""
        return [self.vocab[at] for at in self.probs.argmax(axis=1)]


def correct_prior(probs, prior, drawn, vocab=None):
    """Multiplies probabilities by prior / drawn, label by label, and scales each row to 1.

    prior: the share of each label where the model is used. drawn: its share in what the model was trained on.
    """
    probs, prior, drawn = (np.asarray(values, dtype=np.float64) for values in (probs, prior, drawn))
    if probs.ndim != 2 or prior.shape != (probs.shape[1],) or drawn.shape != prior.shape:
        raise ValueError(f"Probabilities of shape {probs.shape} need a prior of each label, not {prior.shape} and {drawn.shape}.")
    if (np.isnan(probs) | (probs < 0)).any():
        raise ValueError("Probabilities are numbers from 0; some of these are negative or none. Logits become probabilities by softmax.")
    unseen = (drawn == 0) & (prior > 0)
    if unseen.any():
        at = int(np.argmax(unseen))
        raise ValueError(f"The label {vocab[at] if vocab else at!r} was never drawn in training, so a model knows nothing of it.")
    corrected = probs * np.divide(prior, drawn, out=np.zeros_like(prior), where=drawn > 0)
    total = corrected.sum(axis=1, keepdims=True)
    if (total == 0).any():
        raise ValueError(f"Row {int(np.argmin(total))} has no probability left: it is 0 for every label that there is.")
    return corrected / total


class Confusion:
    """How often each label was predicted for each: `matrix[actual, predicted]`."""

    def __init__(self, matrix, vocab):
        self.matrix, self.vocab = matrix, list(vocab)

    @property
    def error_rate(self):
        """The share of items whose prediction is wrong."""
        return 1 - np.trace(self.matrix) / max(1, self.matrix.sum())

    @property
    def recall(self):
        """By label the share of its items that was found; NaN for a label without items."""
        return self._shares(self.matrix.sum(axis=1))

    @property
    def precision(self):
        """By label the share of its predictions that is right; NaN for a label that was never predicted."""
        return self._shares(self.matrix.sum(axis=0))

    def most_confused(self, least=1):
        """(actual, predicted, count) of what was mistaken so often, the most frequent first."""
        wrong = [(self.vocab[a], self.vocab[p], int(self.matrix[a, p])) for a in range(len(self.vocab)) for p in range(len(self.vocab)) if a != p and self.matrix[a, p] >= least]
        return sorted(wrong, key=lambda each: (-each[2], each[0], each[1]))

    def __str__(self):
        wide = max(map(len, self.vocab), default=0)
        digits = max(3, len(str(int(self.matrix.max(initial=0)))))
        lines = [f"{label:{wide}}  " + " ".join(f"{count:{digits}}" for count in row) + f"  {recall:4.0%}" for label, row, recall in zip(self.vocab, self.matrix, self.recall.values())]
        return "\n".join(lines + [f"rows are actual, columns predicted, at the end recall; error rate {self.error_rate:.1%}"])

    def plot(self, axes=None):
        """Draws it with matplotlib; gives the axes."""
        if axes is None:
            from matplotlib import pyplot
            _, axes = pyplot.subplots(figsize=(1.5 + 0.45 * len(self.vocab), 1 + 0.45 * len(self.vocab)), layout="constrained")
        share = self.matrix / np.maximum(1, self.matrix.sum(axis=1, keepdims=True))
        axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
        for (actual, predicted), count in np.ndenumerate(self.matrix):
            if count:
                axes.text(predicted, actual, str(count), ha="center", va="center", color="white" if share[actual, predicted] > 0.5 else "black", fontsize=8)
        axes.set_xticks(range(len(self.vocab)), self.vocab, rotation=90)
        axes.set_yticks(range(len(self.vocab)), self.vocab)
        axes.set_xlabel("predicted")
        axes.set_ylabel("actual")
        return axes

    def _shares(self, totals):
        return {label: float(right) / float(total) if total else float("nan") for label, right, total in zip(self.vocab, np.diag(self.matrix), totals)}


def confusion(targets, predictions, vocab):
    """Counts predictions. targets: the numbers of labels in vocab. predictions: the same, or probabilities of each label."""
    targets, predictions = _numbers(targets), _numbers(predictions)
    if predictions.ndim == 2:
        predictions = predictions.argmax(axis=1)
    if targets.shape != predictions.shape:
        raise ValueError(f"{len(predictions)} predictions for {len(targets)} items.")
    matrix = np.zeros((len(vocab), len(vocab)), np.int64)
    np.add.at(matrix, (targets.astype(np.int64), predictions.astype(np.int64)), 1)
    return Confusion(matrix, vocab)


def top_losses(probs, loader, k=9):
    """The k items of a loader whose label was thought least likely: a list of Loss (key, label, predicted, loss, probability), the worst first."""
    probs = _numbers(probs)
    if probs.shape != (loader.n, len(loader.vocab)):
        raise ValueError(f"Probabilities of shape {probs.shape} for {loader.n} items and {len(loader.vocab)} labels.")
    right = probs[np.arange(loader.n), loader.targets]
    losses = -np.log(np.maximum(right, 1e-30))
    keys, best = loader.keys, probs.argmax(axis=1)
    return [Loss(keys[at], loader.vocab[loader.targets[at]], loader.vocab[best[at]], float(losses[at]), float(right[at])) for at in np.argsort(-losses, kind="stable")[:k]]


def show(src, keys, titles=None, columns=4):
    """Draws images of a pack with matplotlib; gives the figure. titles: of each image, its key if None."""
    from matplotlib import pyplot
    keys = list(keys)
    rows = max(1, -(-len(keys) // columns))
    figure, all_axes = pyplot.subplots(rows, columns, figsize=(2.2 * columns, 2.5 * rows), squeeze=False, layout="constrained")
    for axes in all_axes.ravel():
        axes.axis("off")
    for axes, key, title in zip(all_axes.ravel(), keys, titles or keys):
        axes.imshow(src[src.index(key)])
        axes.set_title(str(title), fontsize=8)
    return figure


def submission(path, predictions, keys=None, vocab=None, sample=None, columns=("image_id", "label")):
    """Writes a CSV file of keys and labels.

    predictions: Predictions; or probabilities with keys and vocab; or labels with keys. sample: a sample submission, whose columns and order it gets;
    every key of it must be predicted, and no other.
    """
    if isinstance(predictions, Predictions):
        keys, labels = predictions.keys, predictions.labels
    else:
        if keys is None:
            raise ValueError("Say whose predictions these are: keys=test.keys.")
        if getattr(predictions, "ndim", 1) == 2:
            if vocab is None:
                raise ValueError("Say what the columns of these probabilities are: vocab=dls.vocab.")
            labels = Predictions(_numbers(predictions), keys, vocab).labels
        else:
            labels = list(predictions)
    if len(labels) != len(keys):
        raise ValueError(f"{len(labels)} predictions for {len(keys)} keys.")
    found = dict(zip(keys, labels))
    if len(found) != len(keys):
        raise ValueError("A key is there more than once.")
    if sample is not None:
        with open(sample, newline="", encoding="utf-8-sig") as file:
            rows = list(csv.reader(file))
        columns, wanted = rows[0][:2], [row[0] for row in rows[1:] if row]
        missing, foreign = [key for key in wanted if key not in found], sorted(set(found) - set(wanted))
        if missing or foreign:
            raise ValueError(f"{sample} wants {len(wanted)} keys; " + "; ".join(
                f"{what}: {', '.join(keys[:3])}{', …' if len(keys) > 3 else ''}" for what, keys in ((f"{len(missing)} are not predicted", missing), (f"{len(foreign)} are predicted and not wanted", foreign)) if keys) + ".")
        found = {key: found[key] for key in wanted}
    temporary = f"{path}.{os.getpid()}.tmp"
    with open(temporary, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(found.items())
    os.replace(temporary, path)


def _numbers(values):
    return np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)
