"""Checkpoints: folders that are either complete or not there.

A checkpoint is checkpoints/<step> of the output folder. It is written beside its place, synced to the disk, given a marker file
`complete` (JSON: step, time, the files with their sizes) and renamed; from then on it does not change. So a job that was killed
at any moment finds its last complete one, and another process may read while this one writes.
"""

import builtins
import fcntl
import json
import os
import re
import shutil
import socket
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

from ._job import output

MARKER = "complete"
_NAME = re.compile(r"(\d+)(?:\.(\d+))?\Z")
_own = None  # The last one that this process has saved.


class Checkpoint(os.PathLike):
    """A complete checkpoint: `open(checkpoint / "weights.npy")`."""

    def __init__(self, path, step, time):
        self.path = Path(path)
        """Its folder."""
        self.step = step
        """The step that it was saved with."""
        self.time = time
        """When, in seconds since 1970."""

    def __fspath__(self):
        return str(self.path)

    def __truediv__(self, name):
        return self.path / name

    def __repr__(self):
        return f"Checkpoint({str(self.path)!r}, step={self.step})"


def save(step, content, keep=None):
    """Saves a checkpoint and gives it back when it is on the disk.

    step: a whole number from 0. A step that has a checkpoint already gets a new one in its place.
    content: a function that is given a folder (a Path) and writes into it, or a dict of names and bytes, text or paths of files to copy.
    keep: how many checkpoints stay, those with the highest steps; the one just saved always does. None for all of them.
    """
    global _own
    if isinstance(step, bool) or int(step) != step or step < 0:
        raise ValueError(f"A step is a whole number from 0, not {step!r}.")
    if keep is not None and keep < 1:
        raise ValueError("keep is 1 or more, or None for all.")
    step = int(step)
    folder = _folder(None)
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder)
    with _working_folder(folder, step) as working:
        content(working) if callable(content) else _write(working, content)
        files = {str(path.relative_to(working)): path.stat().st_size for path in sorted(working.rglob("*")) if path.is_file()}
        for path in [working, *(path for path in working.rglob("*") if path.is_dir())]:
            for file in path.iterdir():
                if file.is_file():
                    _sync(file)
            _sync(path)
        now = round(time.time(), 3)
        (working / MARKER).write_text(json.dumps({"step": step, "time": now, "files": files}))
        _sync(working / MARKER)
        _sync(working)
        saved = Checkpoint(_move(working, folder, step), step, now)
    _sync(folder)
    _prune(folder, saved, keep)
    _own = saved
    return saved


def latest(output=None):
    """The complete checkpoint to go on from; None when there is none.

    That of the highest step; where the output folder has none the one that the job was told to resume from (HOLDFAST_RESUME_FROM).
    A job with `resume: never` (HOLDFAST_RESUME) begins anew: for it there is only what it has saved itself.
    output: another job's output folder, for an evaluation beside the training.
    """
    if output is None and os.environ.get("HOLDFAST_RESUME") == "never":
        return _own
    found = all(output)
    if found:
        return found[-1]
    told = os.environ.get("HOLDFAST_RESUME_FROM") if output is None else None
    return _read(Path(told)) if told else None


def all(output=None):
    """The complete checkpoints, by step. They may be pruned at any time by who writes them: see hold()."""
    folder = _folder(output)
    # Of one step the last one saved.
    newest = {step: name for step, _, name in sorted(_names(folder)) if complete(folder / name)}
    return [found for found in (_read(folder / newest[step]) for step in sorted(newest)) if found]


def complete(path):
    """Whether a folder is a complete checkpoint: its marker is there, and the files with their sizes that the marker names."""
    return _read(Path(path)) is not None


@contextmanager
def hold(path):
    """Keeps a checkpoint from being pruned while it is read; gives it back, or None when it is gone already.

    >>> with holdfast.checkpoint.hold(found) as checkpoint: ...
    """
    try:
        marker = os.open(Path(path) / MARKER, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        yield None
        return
    try:
        fcntl.flock(marker, fcntl.LOCK_SH)
        yield _read(Path(path))
    finally:
        os.close(marker)


def _folder(of):
    return (output() if of is None else Path(of)) / "checkpoints"


def _names(folder):
    """Step, number and name of what is at the place of a checkpoint."""
    try:
        return [(int(match[1]), int(match[2] or 1), match[0]) for match in map(_NAME.match, os.listdir(folder)) if match]
    except FileNotFoundError:
        return []


def _read(path):
    try:
        said = json.loads((path / MARKER).read_text())
        if builtins.all((path / name).stat().st_size == size for name, size in said["files"].items()):
            return Checkpoint(path, said["step"], said["time"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    return None


def _write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, (bytes, bytearray, memoryview)):
            path.write_bytes(content)
        elif isinstance(content, str):
            path.write_text(content)
        else:
            shutil.copyfile(content, path)


@contextmanager
def _working_folder(folder, step):
    """A folder of our own, locked as long as we live: so whoever finds it unlocked knows that nobody writes it any more."""
    while True:
        path = folder / f"{step}.tmp-{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
        path.mkdir()
        lock = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():
            break
        # Somebody cleared it between the two calls.
        os.close(lock)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(lock)


def _move(working, folder, step):
    """To the step's next name: nothing that is complete is replaced, and a later one has a higher number."""
    while True:
        taken = [number for other, number, _ in _names(folder) if other == step]
        place = folder / (f"{step}.{max(taken) + 1}" if taken else str(step))
        try:
            os.rename(working, place)
            return place
        except OSError:
            # Another process was quicker.
            if not place.exists():
                raise


def _clear(folder):
    """Removes what killed attempts have left half written, or half removed."""
    for path in folder.glob("*.tmp-*"):
        _remove(path, path)


def _prune(folder, saved, keep):
    """Of what is complete: the older ones of each step, and the lower steps."""
    steps = {}
    for step, number, name in _names(folder):
        if complete(folder / name):
            steps.setdefault(step, []).append((number, name))
    kept = {max(steps[step])[1] for step in sorted(steps)[-(keep or len(steps)):]} | {saved.path.name}
    for _, name in (found for step in steps.values() for found in step):
        if name not in kept:
            # Out of its place first: it must never be seen there in part.
            _remove(folder / name / MARKER, folder / name, folder / f"{name}.tmp-{uuid.uuid4().hex[:8]}")


def _remove(locked, path, first=None):
    """Removes a folder unless somebody holds the lock."""
    try:
        lock = os.open(locked, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if first:
            os.rename(path, first)
        shutil.rmtree(first or path, ignore_errors=True)
    except OSError:
        pass
    finally:
        os.close(lock)


def _sync(path):
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(file)
    finally:
        os.close(file)
