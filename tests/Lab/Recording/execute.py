"""Executes the notebook given with nbclient and prints it: what every Jupyter tool would write."""
import sys

import nbclient
import nbformat

notebook = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3", allow_errors=True).execute()
print(nbformat.writes(notebook))
