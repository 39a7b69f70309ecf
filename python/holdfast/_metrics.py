"""metrics.jsonl: one line of JSON for each call."""

import json
import math
import os
import threading
import time

from ._job import output

_RESERVED = ("time", "step", "run")
_lock = threading.Lock()
_open = {}


def log(step=None, **metrics):
    """Appends one line with the time, the step and the metrics to metrics.jsonl of the output folder.

    step: a whole number that grows; None leaves it out, and the lines are counted instead.
    metrics: numbers, or what float() makes one of (a numpy scalar, a tensor of one element).

    Threads and processes may log at the same time: a line is one write to the end of the file. JSON has no NaN and no infinities:
    they are written as the texts "NaN", "Infinity" and "-Infinity".
    """
    with _lock:
        file, run = _file()
    line = {"time": round(time.time(), 3), "run": run}
    if step is not None:
        line["step"] = _number("step", step)
    for name, value in metrics.items():
        if name in _RESERVED:
            raise ValueError(f"{name!r} is no name for a metric: a line has it already.")
        line[name] = _number(name, value)
    data = (json.dumps(line, allow_nan=False, separators=(",", ":")) + "\n").encode()
    written = os.write(file, data)
    if written != len(data):
        raise OSError(f"Only {written} of {len(data)} bytes could be written to metrics.jsonl; is the disk full?")


def _number(name, value):
    if not isinstance(value, (int, float)):
        try:
            # What knows itself as a plain number stays whole when it is whole.
            value = value.item() if hasattr(value, "item") else float(value)
        except (TypeError, ValueError):
            value = None
    if not isinstance(value, (int, float)):
        raise TypeError(f"{name} is not a number.")
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def _file():
    """The file, and a number for this process that is higher than those of processes before it."""
    path = str(output("metrics.jsonl"))
    # A child of fork opens it for itself.
    key = (os.getpid(), path)
    if key not in _open:
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
        size = os.fstat(file).st_size
        # A line that was cut off, as on a full disk, must not take the next one with it.
        if size and os.pread(file, 1, size - 1) != b"\n":
            os.write(file, b"\n")
        _open[key] = (file, int(time.time() * 1000))
    return _open[key]
