"""A training whose every number follows from its seed: killed and resumed it must end where it ends undisturbed."""

import hashlib
import json

import holdfast
import numpy as np

settings = holdfast.params(steps=300, every=5, seed=7)
data = np.random.default_rng(settings["seed"])
x = data.normal(size=(512, 20))
y = np.tanh(x @ data.normal(size=(20, 3))) + 0.1 * data.normal(size=(512, 3))

random = np.random.default_rng(settings["seed"] + 1)
weights, moments, begin = 0.1 * random.normal(size=(20, 3)), np.zeros((20, 3)), 0
found = holdfast.checkpoint.latest()
if found:
    state = np.load(found / "state.npz")
    weights, moments, begin = state["weights"], state["moments"], found.step
    random.bit_generator.state = json.loads((found / "random.json").read_text())


def digest(*arrays):
    return hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()


def write(folder):
    np.savez(folder / "state.npz", weights=weights, moments=moments)
    (folder / "random.json").write_text(json.dumps(random.bit_generator.state))
    (folder / "digest").write_text(digest(weights, moments))


for step in range(begin + 1, settings["steps"] + 1):
    batch = random.integers(0, len(x), 64)
    error = np.tanh(x[batch] @ weights) - y[batch]
    gradient = x[batch].T @ (error * (1 - np.tanh(x[batch] @ weights) ** 2)) / len(batch)
    moments = 0.9 * moments + gradient
    weights = weights - 0.05 * moments
    holdfast.log(step=step, loss=np.mean(error**2))
    if step % settings["every"] == 0:
        holdfast.checkpoint.save(step, write, keep=3)

(holdfast.model_dir() / "result").write_text(digest(weights, moments))
