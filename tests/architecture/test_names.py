import ast
import re

from tests.architecture.source_tree import ROOT, none, packages, product, project_files, text_of
from topics.catalog import BY_NAME

FORM = re.compile(r"pets(?:\.[a-z]+(?:-[a-z]+)*){1,2}\.v\d+")
AREAS = sorted({name.split(".")[1] for name in BY_NAME})
# A whole name, or the beginning of one that something is added to.
TOPIC = re.compile(rf"\bpets\.(?:(?:{'|'.join(AREAS)})(?![\w-])|[a-z.-]+\.v\d)")
DATA = {".yaml", ".yml", ".sql", ".toml", ".json"}


def test_topic_names_are_written_in_topics_only() -> None:
    written = [
        f"{module.where}:{node.lineno} {node.value[:60]!r}"
        for module in product()
        if not module.where.startswith("topics/")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if TOPIC.search(node.value)
    ]
    written += [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in project_files()
        if path.suffix in DATA and path.relative_to(ROOT).parts[0] in packages()
        for match in TOPIC.finditer(text_of(path))
    ]
    none(written, "Take the topic from topics.catalog, the only place that writes a name:")


def test_topic_names_have_one_form() -> None:
    strange = [name for name in BY_NAME if not FORM.fullmatch(name)]
    none(strange, "Topics are called pets.AREA.THING.vN, with hyphens inside a word:")
