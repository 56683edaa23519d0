import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import msgspec
import pytest

from schemas.errors import ConfigurationError
from tests.agents.shell.counting import trade
from topics.catalog import TOPICS
from topics.codec import encode, encode_frame
from topics.docs import topic_table, with_table, write_docs
from topics.message_schemas import message_schemas, tag_of

DOCS = Path(__file__).resolve().parents[2] / "docs"
MARKS = ("<!-- BEGIN GENERATED topics -->", "<!-- END GENERATED topics -->")
ADVICE = "The documents differ from the code: run `make docs` and commit what it changes."


def test_the_table_of_topics_is_up_to_date() -> None:
    written = (DOCS / "dataflow.md").read_text(encoding="utf-8")
    assert with_table(written) == written, ADVICE


def test_the_schema_of_every_message_is_up_to_date() -> None:
    written = {
        path.name: path.read_text(encoding="utf-8") for path in (DOCS / "schemas").glob("*.json")
    }
    wanted = message_schemas()
    differing = sorted(
        name for name in wanted.keys() | written.keys() if wanted.get(name) != written.get(name)
    )
    assert differing == [], ADVICE


def test_every_topic_is_in_the_table_with_links_to_its_messages() -> None:
    lines = topic_table().splitlines()[2:]
    for topic, line in zip(TOPICS, lines, strict=True):
        assert line.startswith(f"| `{topic.name}` |")
        links = re.findall(r"\(schemas/(\S+?\.json)\)", line)
        assert links == [f"{tag_of(message)}.json" for message in topic.messages]


def test_a_message_fits_its_schema_and_a_wrong_one_does_not() -> None:
    schema = msgspec.json.decode(message_schemas()["market-trade.json"])
    message = msgspec.json.decode(encode(trade(1)))
    jsonschema.validate(message, schema)

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(message | {"ticks": "many"}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({k: v for k, v in message.items() if k != "leg"}, schema)


def test_a_frame_fits_its_schema() -> None:
    schema = msgspec.json.decode(message_schemas()["frame.json"])
    jsonschema.validate(msgspec.json.decode(encode_frame("o", 1, [trade(1)])), schema)


def test_schemas_tell_what_the_fields_mean() -> None:
    definition = msgspec.json.decode(message_schemas()["market-trade.json"])["$defs"]["MarketTrade"]

    assert definition["properties"]["ticks"]["description"] == "Price in ticks of `tick` pips."
    assert "ms UTC" in definition["properties"]["event_time"]["description"]
    assert "Attributes:" not in definition["description"]


def test_writing_the_documents_changes_only_what_differs(tmp_path: Path) -> None:
    dataflow = tmp_path / "dataflow.md"
    dataflow.write_text(f"before\n{MARKS[0]}\nold\n{MARKS[1]}\nafter\n", encoding="utf-8")
    stale = tmp_path / "schemas" / "gone.json"
    stale.parent.mkdir()
    stale.write_text("{}", encoding="utf-8")

    first = write_docs(tmp_path)
    second = write_docs(tmp_path)

    assert dataflow.read_text(encoding="utf-8").startswith("before\n")
    assert dataflow.read_text(encoding="utf-8").endswith("after\n")
    assert stale in first
    assert not stale.exists()
    assert (
        len(first) == len(message_schemas()) + 3
    )  # the schemas, the table, the codes, a stale one
    assert second == []


def test_a_document_without_a_place_for_the_table_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="BEGIN GENERATED topics"):
        with_table("no marks here")


def test_schemas_are_the_same_without_docstring_indentation() -> None:
    """Python 3.13 strips it when it compiles, earlier versions do not."""
    code = (
        "import inspect, sys; sys.path.insert(0, sys.argv[1]);"
        "from schemas.market import MarketTrade as m; m.__doc__ = inspect.cleandoc(m.__doc__);"
        "from topics.message_schemas import message_schemas as s;"
        "sys.stdout.write(s()['market-trade.json'])"
    )
    command = [sys.executable, "-c", code, str(DOCS.parent)]
    cleaned = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert cleaned == message_schemas()["market-trade.json"]
