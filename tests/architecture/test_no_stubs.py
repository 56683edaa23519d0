import ast
import re

from tests.architecture.source_tree import (
    ROOT,
    Function,
    dotted,
    functions,
    imported,
    none,
    product,
    project_files,
    text_of,
)

# Written in two parts, so that this file is not found by its own test.
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
FORBIDDEN_STEMS = {"utils", "util", "helper", "helpers", "manager", "managers", "common", "misc"}
FORBIDDEN_ENDINGS = ("Manager", "Helper", "Util", "Utils")
SEEDED = ("connectors/sandbox/",)
SPOKEN = ("api/cli",)
WRITTEN_BY_HAND = {".py", ".sql", ".yaml", ".yml", ".toml", ".md", ".html", ".css"}


def test_nothing_is_left_for_later() -> None:
    left = [
        f"{path.relative_to(ROOT)}:{number} {line.strip()[:80]}"
        for path in project_files()
        if path.suffix in WRITTEN_BY_HAND
        for number, line in enumerate(text_of(path).splitlines(), start=1)
        if UNFINISHED.search(line)
    ]
    none(left, "Do these now, or file an issue and delete the line:")


def body_without_docstring(function: Function) -> list[ast.stmt]:
    return [
        statement
        for statement in function.body
        if not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
    ]


def is_stub(function: Function) -> bool:
    body = body_without_docstring(function)
    if len(body) != 1:
        return False
    only = body[0]
    raises = isinstance(only, ast.Raise) and only.exc is not None
    return raises and "NotImplementedError" in ast.dump(only)


def test_no_function_only_says_that_it_is_not_implemented() -> None:
    stubs = [
        f"{module.where}:{function.lineno} {function.name}"
        for module in product()
        for function in functions(module.tree)
        if is_stub(function)
    ]
    none(stubs, "Write these, or make them methods of a Protocol or abstract methods:")


def test_no_module_is_empty() -> None:
    empty = [
        module.where
        for module in product()
        if module.path.name != "__init__.py"
        and not [node for node in module.tree.body if not isinstance(node, ast.Expr)]
    ]
    none(empty, "These modules do nothing; write them or delete them:")


def test_randomness_is_only_in_the_seeded_sandbox() -> None:
    random = [
        f"{module.where}:{line} {name}"
        for module in product()
        if not module.where.startswith(SEEDED)
        for name, line in imported(module.tree)
        if name.split(".")[0] == "random" or name.startswith("numpy.random")
    ]
    none(
        random,
        "Only connectors/sandbox draws random numbers, from a seed it is given (jitter can come "
        "from a hash of the attempt). Take the number as an argument:",
    )


def test_only_the_command_line_prints() -> None:
    printing = [
        f"{module.where}:{node.lineno}"
        for module in product()
        if not module.where.startswith(SPOKEN)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and dotted(node.func) == "print"
    ]
    none(printing, "Log with structlog here; only api/cli speaks to a person:")


def test_no_module_or_class_has_a_name_that_says_nothing() -> None:
    empty = [
        f"{module.where}"
        for module in product()
        if FORBIDDEN_STEMS & {module.path.stem, module.path.parent.name}
    ]
    empty += [
        f"{module.where}:{node.lineno} class {node.name}"
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and node.name.endswith(FORBIDDEN_ENDINGS)
    ]
    none(empty, "Name these after the thing they are (OrderBook, RiskGate), not after a drawer:")
