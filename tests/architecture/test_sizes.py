import statistics

from tests.architecture.source_tree import Module, functions, modules, none, product

LONGEST_MODULE = 400
MEDIAN_MODULE = 150
LONGEST_FUNCTION = 60


def everything() -> tuple[Module, ...]:
    return (*product(), *modules("tests"))


def test_no_module_is_longer_than_400_lines() -> None:
    long = [f"{m.where}: {m.lines} lines" for m in product() if m.lines > LONGEST_MODULE]
    none(long, f"Split these by phase or by question; {LONGEST_MODULE} lines are the most:")


def test_half_of_the_modules_are_at_most_150_lines() -> None:
    sizes = {m.where: m.lines for m in product() if m.path.name != "__init__.py"}
    median = statistics.median(sizes.values())
    longest = sorted(sizes, key=lambda where: -sizes[where])[:5]
    assert median <= MEDIAN_MODULE, (
        f"The median module has {median:g} lines, {MEDIAN_MODULE} are the most. "
        f"Begin with the longest: {', '.join(longest)}"
    )


def test_no_function_is_longer_than_60_lines() -> None:
    long = [
        f"{module.where}:{function.lineno} {function.name}: {lines} lines"
        for module in everything()
        for function in functions(module.tree)
        if (lines := (function.end_lineno or function.lineno) - function.lineno + 1)
        > LONGEST_FUNCTION
    ]
    none(
        long, f"Give the parts of these names of their own; {LONGEST_FUNCTION} lines are the most:"
    )
