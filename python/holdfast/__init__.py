"""What a training script says to Holdfast: its parameters, its metrics, its checkpoints, its share of the work.

Standard library only, Python 3.8 or newer. Outside of a job it works as well: output goes to ./holdfast-output.
"""

from . import checkpoint
from ._job import model_dir, output, params, shard
from ._metrics import log

__all__ = ["checkpoint", "log", "model_dir", "output", "params", "shard"]
