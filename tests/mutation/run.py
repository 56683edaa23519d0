"""Mutation testing of the money modules, by hand.

Run: python -m tests.mutation.run GROUP [COUNT [SEED]].

One change a mutant: a comparison, an arithmetic or boolean operator, a constant, min for max, a
negated condition, a dropped `not`. A seeded sample of COUNT mutants of each module of the group is
tried against the tests of the group. Nothing is written: each mutant is a fork of this process in
which the module is compiled from its changed tree. A mutant is killed when a test fails or the
tests take too long. What survives is printed with its line. docs/mutation.md says what came out.
"""

import ast
import copy
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

import hypothesis
import msgspec
import pytest

ROOT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 90
PRELOADED = (hypothesis, msgspec)

GROUPS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "kelly": (
        ("streams/kelly.py", "streams/sizing.py", "streams/portfolio.py", "streams/advice.py"),
        (
            "tests/streams/test_kelly.py",
            "tests/streams/test_sizing.py",
            "tests/streams/test_portfolio.py",
            "tests/streams/test_advice.py",
            "tests/properties/test_kelly_properties.py",
        ),
    ),
    "fees": (
        ("streams/fees.py",),
        ("tests/streams/test_fees.py", "tests/properties/test_fee_properties.py"),
    ),
    "zones": (
        ("streams/zones.py",),
        ("tests/streams/test_zones.py", "tests/properties/test_zone_properties.py"),
    ),
    "exposure": (
        ("streams/exposure.py", "streams/exposure_book.py"),
        (
            "tests/streams/test_exposure.py",
            "tests/properties/test_exposure_properties.py",
            "tests/agents/stages/test_gate_checks.py",
            "tests/agents/stages/test_gate_bundles.py",
            "tests/agents/stages/test_gate_claims.py",
            "tests/properties/test_gate_properties.py",
        ),
    ),
    "ledger": (
        ("streams/ledger.py", "streams/holdings.py", "streams/marks.py", "streams/conversions.py"),
        (
            "tests/streams/test_ledger.py",
            "tests/streams/test_ledger_pairs.py",
            "tests/streams/test_conversions.py",
            "tests/agents/stages/test_ledger_stage.py",
            "tests/properties/test_ledger_properties.py",
        ),
    ),
    "breakers": (
        (
            "streams/breakers.py",
            "streams/breaker_evaluation.py",
            "streams/breaker_state.py",
            "streams/nav.py",
        ),
        (
            "tests/streams/test_breakers.py",
            "tests/streams/test_nav.py",
            "tests/agents/stages/test_gate_halts.py",
            "tests/properties/test_breaker_properties.py",
        ),
    ),
    "gate": (
        (
            "agents/stages/gate_case.py",
            "agents/stages/gate_claims.py",
            "agents/stages/gate_conversions.py",
            "agents/stages/gate_halts.py",
            "agents/stages/gate_intent.py",
            "agents/stages/gate_judge.py",
            "agents/stages/gate_limits.py",
            "agents/stages/gate_market.py",
        ),
        (
            "tests/agents/stages/test_gate_checks.py",
            "tests/agents/stages/test_gate_bundles.py",
            "tests/agents/stages/test_gate_claims.py",
            "tests/agents/stages/test_gate_complements.py",
            "tests/agents/stages/test_gate_conversions.py",
            "tests/agents/stages/test_gate_halts.py",
            "tests/agents/stages/test_gate_replace.py",
        ),
    ),
    "paper": (
        (
            "streams/paper_exchange.py",
            "streams/paper_market.py",
            "streams/paper_venue.py",
            "streams/queue_models.py",
        ),
        (
            "tests/streams/test_paper_exchange.py",
            "tests/streams/test_paper_fills.py",
            "tests/streams/test_paper_rebates.py",
            "tests/streams/test_queue_models.py",
        ),
    ),
}

COMPARISONS: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC: Mapping[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}
SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}


class Mutant(NamedTuple):
    """One changed module: where, what, and its code."""

    where: str
    what: str
    code: CodeType


def changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Every changed copy of a node, with a name for the change."""
    new = copy.deepcopy(node)
    match new:
        case ast.Compare(ops=[op]) if type(op) in COMPARISONS:
            new.ops = [COMPARISONS[type(op)]()]
            yield f"{type(op).__name__} becomes {type(new.ops[0]).__name__}", new
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in ARITHMETIC:
            new.op = ARITHMETIC[type(op)]()
            yield f"{type(op).__name__} becomes {type(new.op).__name__}", new
        case ast.BoolOp(op=op):
            new.op = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield f"{type(op).__name__} becomes {type(new.op).__name__}", new
        case ast.UnaryOp(op=ast.Not()) | ast.UnaryOp(op=ast.USub()):
            yield "operator dropped", new.operand
        case ast.Call(func=ast.Name(id=name)) if name in SWAPPED:
            new.func = ast.Name(SWAPPED[name], ast.Load())
            yield f"{name} becomes {SWAPPED[name]}", new
        case ast.Constant(value=bool() as value):
            yield f"{value} becomes {not value}", ast.Constant(not value)
        case ast.Constant(value=int() | float() as value):
            yield f"{value} becomes {value + 1}", ast.Constant(value + 1)
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=str() as value)]):
            new.args = [ast.Constant(f"{float(value) + 1}")]
            yield f"Decimal({value!r}) becomes one more", new
        case ast.IfExp() | ast.If():
            new.test = ast.UnaryOp(ast.Not(), new.test)
            yield "condition negated", new


class Replace(ast.NodeTransformer):
    """Puts one changed node in the place of the n-th."""

    def __init__(self, target: ast.AST, new: ast.AST) -> None:
        self._target = target
        self._new = new

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self._target:
            return ast.copy_location(self._new, node)
        return self.generic_visit(node)


def code_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Nodes that run: no annotations, no default markers of types."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(tree, ast.AnnAssign) and node is tree.annotation:
            continue
        if isinstance(tree, ast.FunctionDef) and node is tree.returns:
            continue
        if isinstance(node, ast.arg | ast.Import | ast.ImportFrom):
            continue
        yield node
        yield from code_nodes(node)


def mutants(path: str, count: int, seed: int) -> list[Mutant]:
    """A seeded sample of a module's mutants."""
    source = (ROOT / path).read_text(encoding="utf-8")
    tree = ast.parse(source)
    found: list[tuple[ast.AST, str, ast.AST]] = []
    for node in code_nodes(tree):
        found += [(node, what, new) for what, new in changes(node)]
    chosen = random.Random(f"{path}/{seed}").sample(found, min(count, len(found)))
    made = []
    for node, what, new in chosen:
        changed = ast.fix_missing_locations(_with(tree, node, new))
        line = getattr(node, "lineno", 0)
        text = source.splitlines()[line - 1].strip() if line else ""
        made.append(Mutant(f"{path}:{line}", f"{what}: {text}", compile(changed, path, "exec")))
    return made


def _with(tree: ast.Module, node: ast.AST, new: ast.AST) -> ast.Module:
    marks = {id(each): index for index, each in enumerate(ast.walk(tree))}
    fresh = copy.deepcopy(tree)
    twin = list(ast.walk(fresh))[marks[id(node)]]
    changed = Replace(twin, new).visit(fresh)
    assert isinstance(changed, ast.Module)
    return changed


class Loader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a mutant's code."""

    def __init__(self, name: str, code: CodeType) -> None:
        self._name = name
        self._code = code

    def find_spec(
        self, fullname: str, path: object, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_loader(fullname, self)

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)


def survives(path: str, mutant: Mutant, tests: tuple[str, ...]) -> bool:
    """Whether the tests pass although the module is changed."""
    child = os.fork()
    if child == 0:
        os.setsid()
        sys.meta_path.insert(0, Loader(path.removesuffix(".py").replace("/", "."), mutant.code))
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        options = [
            "-x",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "--timeout=0",
            "-W",
            "ignore",
        ]
        os._exit(int(pytest.main([*options, *tests])))
    until = time.monotonic() + TIMEOUT_S
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def main() -> None:
    """One group."""
    group = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    paths, tests = GROUPS[group]
    os.chdir(ROOT)
    unchanged = compile((ROOT / paths[0]).read_text(encoding="utf-8"), paths[0], "exec")
    if not survives(paths[0], Mutant(paths[0], "unchanged", unchanged), tests):
        raise SystemExit("The tests fail without any change; mend that first.")
    for path in paths:
        tried, lived = mutants(path, count, seed), list[Mutant]()
        for mutant in tried:
            if survives(path, mutant, tests):
                lived.append(mutant)
                print(f"  survived {mutant.where} {mutant.what}", flush=True)
        print(f"{path}: {len(tried) - len(lived)} of {len(tried)} killed", flush=True)


if __name__ == "__main__":
    main()
