"""A git filter as it is made of nbconvert: one process a file, outputs cleared."""
import io
import logging
import sys
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
import nbformat  # noqa: E402
from nbconvert.preprocessors import ClearOutputPreprocessor  # noqa: E402

notebook = nbformat.reads(sys.stdin.buffer.read().decode(), as_version=4)
notebook, _ = ClearOutputPreprocessor().preprocess(notebook, {})
out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n")
nbformat.write(notebook, out)
out.flush()
