"""Answers for a list of sources what Python and IPython make of them.

python.py tokens FILE   for each: [kind, text, line, column, end line, end column] of every token up to the place where tokenize fails
python.py cells FILE    for each: the cell as IPython transforms it, null where it refuses it
"""
import json
import sys
import tokenize
import warnings

warnings.simplefilter("ignore")
sources = json.load(open(sys.argv[2], encoding="utf-8"))


def tokens(source):
    found = []
    try:
        for token in tokenize.generate_tokens(iter(source.splitlines(keepends=True)).__next__):
            found.append([tokenize.tok_name[token.type], token.string, token.start[0] - 1, token.start[1], token.end[0] - 1, token.end[1]])
    except (tokenize.TokenError, IndentationError):
        pass
    return found


def cells(source):
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        return TransformerManager().transform_cell(source)
    except (SyntaxError, IndexError, RuntimeError):
        return None


json.dump([globals()[sys.argv[1]](source) for source in sources], sys.stdout)
