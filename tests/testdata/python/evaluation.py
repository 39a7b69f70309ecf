"""Reads the checkpoints of a training while it writes and prunes them: evaluation.py OUTPUT LAST."""

import hashlib
import sys
import time

import holdfast
import numpy as np

output, last = sys.argv[1], int(sys.argv[2])
seen = []
end = time.monotonic() + 600
while time.monotonic() < end and (not seen or seen[-1] < last):
    for found in holdfast.checkpoint.all(output):
        if seen and found.step <= seen[-1]:
            continue
        with holdfast.checkpoint.hold(found) as checkpoint:
            if checkpoint is None:
                continue
            state = np.load(checkpoint / "state.npz")
            digest = hashlib.sha256(state["weights"].tobytes() + state["moments"].tobytes()).hexdigest()
            if digest != (checkpoint / "digest").read_text():
                sys.exit(f"{checkpoint} is not what was saved.")
            seen.append(checkpoint.step)
print(*seen)
