import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source_tree import Module, dotted, imported, none, packages, product

PURE_PACKAGES = ("schemas", "streams", "agents.bots", "agents.stages")
PURE_NAMES = {"parse", "rows", "charts"}

# Whatever reads a clock, the environment, randomness, a file or a socket. The libraries of Kafka,
# database, HTTP and screens are the business of import-linter, which follows chains of imports.
FORBIDDEN_IMPORTS = {
    "asyncio",
    "datetime.datetime.now",
    "io",
    "logging",
    "multiprocessing",
    "numpy.random",
    "os",
    "platform",
    "random",
    "secrets",
    "shutil",
    "signal",
    "socket",
    "subprocess",
    "sys",
    "tempfile",
    "threading",
    "time",
    "uuid.getnode",
    "uuid.uuid1",
    "uuid.uuid4",
}
FORBIDDEN_CALLS = {"hash", "id", "input", "open", "print", "breakpoint", "eval", "exec"}
FORBIDDEN_ENDINGS = {
    "date.today",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "os.environ",
    "np.random",
    "numpy.random",
    "uuid.uuid1",
    "uuid.uuid4",
}


def is_pure(module: Module) -> bool:
    if any(module.name == p or module.name.startswith(p + ".") for p in PURE_PACKAGES):
        return True
    return module.path.stem in PURE_NAMES or "charts" in module.name.split(".")


def impurities(tree: ast.Module) -> Iterator[str]:
    for name, line in imported(tree):
        parts = name.split(".")
        starts = {".".join(parts[: size + 1]) for size in range(len(parts))}
        for bad in sorted(starts & FORBIDDEN_IMPORTS):
            yield f"{line} imports {bad}"
    hashing = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and function.name == "__hash__"
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in FORBIDDEN_CALLS and id(node) not in hashing:
                yield f"{node.lineno} calls {node.func.id}()"
        elif isinstance(node, ast.Attribute):
            name = dotted(node)
            if any(name == end or name.endswith("." + end) for end in FORBIDDEN_ENDINGS):
                yield f"{node.lineno} uses {name}"
        elif isinstance(node, ast.For | ast.comprehension) and is_set(node.iter):
            yield f"{node.iter.lineno} walks through a set: its order differs from run to run"


def is_set(node: ast.expr) -> bool:
    called = isinstance(node, ast.Call) and dotted(node.func) in {"set", "frozenset"}
    return called or isinstance(node, ast.Set | ast.SetComp)


def test_the_core_reads_no_clock_environment_randomness_or_file() -> None:
    problems = [
        f"{module.where}:{problem}"
        for module in product()
        if is_pure(module)
        for problem in impurities(module.tree)
    ]
    none(
        problems,
        "The core decides the same in live and in replay, so it takes time from events and "
        "everything else as an argument. Move these into a shell (agents/shell, connectors, api):",
    )


def test_every_part_of_the_core_is_looked_at() -> None:
    looked_at = {module.name for module in product() if is_pure(module)}
    missing = [name for name in PURE_PACKAGES if name not in looked_at]
    assert not missing, f"No package {missing}: rename it here and in pyproject.toml as well."
    assert {name.split(".")[0] for name in PURE_PACKAGES} <= set(packages())


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("import time\n", "1 imports time"),
        ("from time import monotonic\n", "1 imports time"),
        ("from os import environ\n", "1 imports os"),
        ("from uuid import uuid4\n", "1 imports uuid.uuid4"),
        ("import uuid\nX = uuid.uuid4()\n", "2 uses uuid.uuid4"),
        ("import datetime\nX = datetime.datetime.now()\n", "2 uses datetime.datetime.now"),
        ("import numpy as np\nX = np.random.default_rng(1)\n", "2 uses np.random"),
        ("X = hash('a')\n", "1 calls hash()"),
        (
            "for x in set('ab'):\n    pass\n",
            "1 walks through a set: its order differs from run to run",
        ),
    ],
)
def test_an_impurity_is_found(source: str, problem: str) -> None:
    assert problem in list(impurities(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import UTC, datetime\nX = datetime.fromtimestamp(0, tz=UTC)\n",
        "from uuid import uuid5\n",
        "class A:\n    def __hash__(self):\n        return hash(1)\n",
        "for x in sorted(set('ab')):\n    pass\n",
    ],
)
def test_what_depends_on_arguments_only_is_allowed(source: str) -> None:
    assert list(impurities(ast.parse(source))) == []
