"""Answers for a list of sources what Python and IPython make of them.

python.py tokens FILE   for each: [kind, text, line, column, end line, end column] of every token up to the place where tokenize fails
python.py cells FILE    for each: the cell as IPython transforms it, null where it refuses it
python.py names FILE    for each: the names it defines for a module's __all__ by nbdev's rules, null where it is no Python
"""
import ast
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


def names(source):
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return None
    assigned, defined = [], []
    for node in body:
        if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                parts = target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]
                assigned += [part.id for part in parts if isinstance(part, ast.Name)]
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bare = [decorator.func if isinstance(decorator, ast.Call) else decorator for decorator in node.decorator_list]
            if not any(isinstance(decorator, ast.Name) and decorator.id.startswith("patch") for decorator in bare):
                defined.append(node.name)
    return list(dict.fromkeys(name for name in assigned + defined if name[0] != "_"))


json.dump([globals()[sys.argv[1]](source) for source in sources], sys.stdout)
