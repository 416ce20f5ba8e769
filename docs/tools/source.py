"""What the reference takes out of kg's source: signatures, fields, docstrings, whatever the version of Python."""

import ast
import inspect
import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record or setting, with its note if it has one."""

    name: str
    type: str
    default: str
    note: str = ""


def definitions(path: str) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    """Give the public functions and classes of a module of kg by name, in their order."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    kept = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return {node.name: node for node in kept if not node.name.startswith("_")}


def signature(node: ast.FunctionDef) -> str:
    """Write a function's head with types.

    >>> (node,) = ast.parse('def f(self, a: int = 1, *, b: "str | None" = None) -> "bool": ...').body
    >>> signature(node)
    'f(a: int = 1, *, b: str | None = None) -> bool'
    """
    given = node.args
    plain = [*given.posonlyargs, *given.args]
    defaults: list[ast.expr | None] = [None] * (len(plain) - len(given.defaults)) + list(given.defaults)
    parts = [_argument(*pair) for pair in zip(plain, defaults, strict=True) if pair[0].arg not in ("self", "cls")]
    parts += ["*"] if given.kwonlyargs else []
    parts += [_argument(*pair) for pair in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    return f"{node.name}({', '.join(parts)})" + (f" -> {_type(node.returns)}" if node.returns else "")


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    """Write a parameter."""
    typed = f"{argument.arg}: {_type(argument.annotation)}" if argument.annotation else argument.arg
    return typed if default is None else f"{typed} = {ast.unparse(default)}"


def _type(node: ast.expr) -> str:
    """Write a type, also one that is given as text."""
    return str(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, str) else ast.unparse(node)


def fields(path: str, name: str) -> list[Field]:
    """Give the fields of a class, each with the ``#:`` comment above it."""
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    node = definitions(path)[name]
    found = []
    for item in node.body:
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            note, number = [], item.lineno - 2
            while lines[number].strip().startswith("#:"):
                note.insert(0, lines[number].strip().removeprefix("#:").strip())
                number -= 1
            default = ast.unparse(item.value) if item.value else ""
            found.append(Field(item.target.id, _type(item.annotation), default, " ".join(note)))
    return found


def methods(node: ast.ClassDef) -> list[ast.FunctionDef]:
    """Give the public methods and properties of a class."""
    return [item for item in node.body if isinstance(item, ast.FunctionDef) and not item.name.startswith("_")]


def is_property(node: ast.FunctionDef) -> bool:
    """Tell whether a method is read like a field."""
    return any(isinstance(item, ast.Name) and item.id == "property" for item in node.decorator_list)


def prose(node: ast.FunctionDef | ast.ClassDef) -> str:
    """Give a docstring as Markdown, without doctests."""
    text = inspect.cleandoc(ast.get_docstring(node) or "")
    text = re.split(r"^>>> ", text, flags=re.M)[0].rstrip()
    return re.sub(r"``([^`]+)``", r"`\1`", text)


def one_line(node: ast.FunctionDef | ast.ClassDef) -> str:
    """Give the first sentence of a docstring."""
    return prose(node).split("\n\n")[0].replace("\n", " ")
