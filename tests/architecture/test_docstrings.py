import ast
from collections.abc import Iterator

from tests.architecture.source_tree import none, product

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def public(body: list[ast.stmt]) -> Iterator[Documented]:
    for node in body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if node.name.startswith("_") or is_told_elsewhere(node):
            continue
        yield node
        if isinstance(node, ast.ClassDef):
            yield from public(node.body)


def is_told_elsewhere(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    marks = {ast.unparse(decorator).split(".")[-1] for decorator in node.decorator_list}
    return bool(marks & {"overload", "override", "setter"})


def test_everything_public_says_what_it_means() -> None:
    silent = []
    for module in product():
        if not ast.get_docstring(module.tree):
            silent.append(f"{module.where}:1 the module")
        silent += [
            f"{module.where}:{node.lineno} {node.name}"
            for node in public(module.tree.body)
            if not isinstance(node, ast.Module) and not ast.get_docstring(node)
        ]
    none(silent, "Say in a Google docstring what these mean: units, errors, source of a formula:")
