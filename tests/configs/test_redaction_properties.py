"""No secret reaches a log line, however deep it lies and whoever says it, an exception too."""

import base64
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configs import redaction
from configs.logging import configure_logging

WORDS = "abandon ability able about above absent absorb abstract absurd abuse access acid acoustic"

keys = (
    st.binary(min_size=32, max_size=32)
    .map(bytes.hex)
    .flatmap(lambda text: st.sampled_from([text, "0x" + text]))
)
phrases = (
    st.sampled_from([12, 15, 18, 21, 24])
    .flatmap(lambda count: st.lists(st.sampled_from(WORDS.split()), min_size=count, max_size=count))
    .map(" ".join)
)
hmac_secrets = st.binary(min_size=32, max_size=32).map(
    lambda raw: base64.urlsafe_b64encode(raw).decode()
)
api_keys = st.uuids().map(str)
shaped = st.one_of(keys, phrases, hmac_secrets)
"""Secrets that are known by their shape, wherever they are."""
FIELDS = (
    "api_key",
    "apiKey",
    "private_key",
    "hmac_secret",
    "passphrase",
    "mnemonic",
    "credentials",
)


def nested(leaf: object) -> st.SearchStrategy[object]:
    """The secret somewhere in lists, dictionaries, tuples, bytes and sentences."""
    text = str(leaf)
    ends = st.sampled_from(
        [leaf, f"signed with {text}.", text.encode(), ValueError(f"bad: {text}"), {text: 1}]
    )
    return st.recursive(
        ends,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=2),
            st.dictionaries(st.sampled_from(["a", "note", "x"]), inner, min_size=1, max_size=2),
            st.tuples(inner),
        ),
        max_leaves=4,
    )


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, known = root.handlers, root.level, set(redaction._known)
    yield
    root.handlers = handlers
    root.setLevel(level)
    redaction._known.clear()
    redaction._known.update(known)
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


once = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


def fail(text: str) -> None:
    """Raise an error with the text in it and in its cause."""
    try:
        dict[str, str]()[text]
    except KeyError as error:
        raise RuntimeError(f"could not sign with {text}") from error


def logged(capsys: pytest.CaptureFixture[str], value: object, text: str, field: str) -> str:
    """Everything that four ways of logging write."""
    log = structlog.get_logger("x")
    log.warning("field", **{field: value})
    log.warning(" ".join(("sentence", text)))
    logging.getLogger("library").warning("argument %s", value)
    try:
        fail(text)
    except RuntimeError:
        log.exception("raised")
    out = capsys.readouterr().out
    assert len([json.loads(line) for line in out.splitlines()]) == 4
    return out


@once
@given(data=st.data(), secret=shaped)
def test_keys_phrases_and_hmac_secrets_are_known_by_their_shape(
    data: st.DataObject, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("INFO", component="any")
    value = data.draw(nested(secret))
    out = logged(capsys, value, secret, "note")
    assert secret not in out
    assert secret.removeprefix("0x")[8:] not in out


@once
@given(data=st.data(), secret=api_keys)
def test_the_settings_own_secrets_are_known_by_their_text(
    data: st.DataObject, secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("INFO", component="any", secrets=[secret])
    out = logged(capsys, data.draw(nested(secret)), secret, "note")
    assert secret not in out


@once
@given(
    secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8, max_size=30),
    field=st.sampled_from(FIELDS),
    depth=st.integers(0, 4),
)
def test_a_field_that_names_a_secret_is_redacted_at_any_depth(
    secret: str, field: str, depth: int, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("INFO", component="any")
    marked = f"zq{secret}qz"
    value: object = {field: {"inner": [marked]}}
    for _ in range(depth):
        value = {"note": [value]}
    structlog.get_logger("x").warning("event", note=value)
    assert json.dumps(marked, ensure_ascii=False)[1:-1] not in capsys.readouterr().out
