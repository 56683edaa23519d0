import asyncio
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from configs.logging import Spaced, add_log_handler, configure_logging, log_about
from schemas.errors import ConfigurationError


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_line_is_an_object_with_time_level_logger_and_component(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("INFO", component="gate")
    structlog.get_logger("agents.shell").info("ready", seconds=1.5)

    [line] = lines(capsys)
    assert (line["event"], line["level"], line["seconds"]) == ("ready", "info", 1.5)
    assert (line["logger"], line["component"]) == ("agents.shell", "gate")
    assert str(line["at"]).endswith("Z")


def test_libraries_are_heard_from_warnings_on(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    for name in ("faust.app", "aiokafka.consumer", "mode"):
        logging.getLogger(name).info("small talk")
        logging.getLogger(name).warning("%s is slow", name)

    assert [line["event"] for line in lines(capsys)] == [
        "faust.app is slow",
        "aiokafka.consumer is slow",
        "mode is slow",
    ]


def test_the_level_is_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("ERROR")
    structlog.get_logger("x").warning("no")
    structlog.get_logger("x").error("yes")

    assert [line["event"] for line in lines(capsys)] == ["yes"]


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="it was 'LOUD'"):
        configure_logging("LOUD")


def test_secrets_are_redacted_in_fields_texts_and_tracebacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("INFO")
    key = "0x" + "5e" * 32
    structlog.get_logger("x").info("signed", private_key=key, note=f"with {key}")
    logging.getLogger("y").warning("connect postgresql://pets:hunter22@db/pets")
    try:
        int(f"bad key {key}")
    except ValueError:
        structlog.get_logger("x").exception("failed")

    text = json.dumps(lines(capsys))
    assert key not in text
    assert "5e" * 8 not in text
    assert "hunter22" not in text
    assert "ValueError" in text


def test_context_is_in_every_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    structlog.contextvars.bind_contextvars(correlation_id="c-1")
    structlog.get_logger("x").info("one")
    logging.getLogger("y").warning("two")

    assert [line["correlation_id"] for line in lines(capsys)] == ["c-1", "c-1"]


def record(name: str, message: str, created: float) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.WARNING, "f.py", 1, message, ("now",), None)
    made.created = created
    return made


def test_equal_warnings_of_a_library_are_spaced_and_counted() -> None:
    spaced = Spaced(gap_s=10.0)
    times = [0.0, 1.0, 2.0, 10.5]
    records = [record("aiokafka.client", "no broker %s", created) for created in times]

    passed = [spaced.filter(item) for item in records]

    assert passed == [True, False, False, True]
    assert records[-1].__dict__["repeated"] == 2


def test_other_messages_and_our_own_are_never_held_back() -> None:
    spaced = Spaced(gap_s=10.0)
    assert spaced.filter(record("aiokafka.client", "one %s", 0.0))
    assert spaced.filter(record("aiokafka.client", "two %s", 0.0))
    assert all(spaced.filter(record("agents.shell", "same %s", 0.0)) for _ in range(3))


async def test_a_line_says_what_its_task_is_at_work_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("INFO")
    working = {"correlation_id": "first"}

    async def work() -> None:
        log_about(lambda: working)
        structlog.get_logger("x").info("ours")
        logging.getLogger("x").info("a library's")
        working["correlation_id"] = "second"
        structlog.get_logger("x").info("later")
        structlog.get_logger("x").info("its own", correlation_id="mine")

    await asyncio.create_task(work())
    structlog.get_logger("x").info("another task")

    said = [(line["event"], line.get("correlation_id")) for line in lines(capsys)]
    assert said == [
        ("ours", "first"),
        ("a library's", "first"),
        ("later", "second"),
        ("its own", "mine"),
        ("another task", None),
    ]


class Kept(logging.Handler):
    """Keeps what it would write."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))


def test_a_further_handler_gets_the_same_lines_without_secrets(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("INFO", component="api", secrets=["hunter2-hunter2"])
    kept = Kept()
    add_log_handler(kept)

    url = "http://u:hunter2-hunter2@host"  # pragma: allowlist secret
    structlog.get_logger("x").info("opened", url=url, api_key="abc")
    logging.getLogger("faust").info("small talk")
    try:
        int("hunter2-hunter2")
    except ValueError:
        structlog.get_logger("x").exception("failed")

    assert kept.texts == capsys.readouterr().out.splitlines()
    assert len(kept.texts) == 2
    assert "hunter2" not in "".join(kept.texts)
    assert json.loads(kept.texts[0])["api_key"] == "[redacted]"


def test_a_further_handler_needs_configured_logging() -> None:
    logging.getLogger().handlers = []
    with pytest.raises(ConfigurationError, match="configure_logging first"):
        add_log_handler(Kept())
