"""Logs of every process: one JSON object a line on standard output, without secrets."""

import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from configs.redaction import know_secret, redact
from schemas.errors import ConfigurationError

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
QUIET = (
    "aiokafka",
    "asyncio",
    "asyncpg",
    "faust",
    "httpcore",
    "httpx",
    "mode",
    "web3",
    "websockets",
)
"""Libraries of which only warnings and worse are of interest."""
REPEAT_GAP_S = 10.0
"""Least seconds between two equal warnings of those libraries."""

Subject = Callable[[], Mapping[str, str]]
"""Says what a task is at work on: fields such as a correlation id."""
_subject: ContextVar[Subject | None] = ContextVar("log-subject", default=None)


def log_about(subject: Subject) -> None:
    """Add fields to every line that this task logs from now on.

    Args:
        subject: Asked when a line is written, so that work without lines costs nothing.
    """
    _subject.set(subject)


def configure_logging(level: str, *, component: str = "", secrets: Iterable[str] = ()) -> None:
    """Send every log of this process, the libraries' too, to standard output as JSON lines.

    Called once, at the start of a process. Fields bound with `structlog.contextvars`, such as a
    correlation id, appear in every line.

    Args:
        level: The least level: DEBUG, INFO, WARNING or ERROR.
        component: Name of the process, in every line.
        secrets: Texts that no line may contain: keys and passwords of the settings.

    Raises:
        ConfigurationError: There is no such level.
    """
    if level.upper() not in LEVELS:
        raise ConfigurationError(
            f"PETS_LOG_LEVEL must be one of {', '.join(LEVELS)}, it was {level!r}."
        )

    for secret in secrets:
        know_secret(secret)

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        add_subject,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _named(component),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                redact_event,
                structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False),
            ],
        )
    )
    handler.addFilter(Spaced())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.captureWarnings(capture=True)


def add_log_handler(handler: logging.Handler) -> None:
    """Give a further handler every line as standard output gets it: one JSON object, no secrets.

    Args:
        handler: Takes the lines until it is removed from the root logger.

    Raises:
        ConfigurationError: `configure_logging` was not called before.
    """
    root = logging.getLogger()
    formatters = [each.formatter for each in root.handlers]
    if not formatters or not isinstance(formatters[0], structlog.stdlib.ProcessorFormatter):
        raise ConfigurationError("Logs cannot go elsewhere: call configure_logging first.")
    handler.setFormatter(formatters[0])
    handler.addFilter(Spaced())
    root.addHandler(handler)


class Spaced(logging.Filter):
    """Lets one of a library's equal warnings through in ten seconds, with how many it stands for.

    While the broker is away its client says so a hundred times a second.
    """

    def __init__(self, gap_s: float = REPEAT_GAP_S) -> None:
        """Remember nothing yet.

        Args:
            gap_s: Seconds between two equal messages.
        """
        super().__init__()
        self._gap_s = gap_s
        self._last: dict[tuple[str, str], float] = {}
        self._kept_back: dict[tuple[str, str], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is logged; equal means the same text before its arguments."""
        if not record.name.startswith(QUIET):
            return True
        key = (record.name, str(record.msg)[:80])
        if record.created - self._last.get(key, float("-inf")) < self._gap_s:
            self._kept_back[key] = self._kept_back.get(key, 0) + 1
            return False
        self._last[key] = record.created
        if count := self._kept_back.pop(key, 0):
            record.repeated = count
        return True


def _named(component: str) -> Processor:
    """A structlog processor: the process's name, where the line has none."""

    def add_component(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        if component:
            event.setdefault("component", component)
        return event

    return add_component


def add_subject(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A structlog processor: what the task is at work on, where the line does not say it."""
    subject = _subject.get()
    for name, value in subject().items() if subject is not None else ():
        event.setdefault(name, value)
    return event


def redact_event(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A structlog processor: every field without secrets."""
    return {name: redact(name, value) for name, value in event.items()}
