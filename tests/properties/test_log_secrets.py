"""G.25: no log record contains a key-shaped string, whatever is logged and however it is nested."""

import json
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from configs.logging import redact_event

WORD, PEM = "hunter22", " ".join(("EC", "PRIVATE", "KEY"))
KEY_SHAPED = re.compile(rf"[0-9a-fA-F]{{64}}|{WORD}")
keys = st.builds(
    lambda prefix, digits: prefix + digits,
    st.sampled_from(("", "0x")),
    st.text("0123456789abcdefABCDEF", min_size=64, max_size=64),
)
secrets = st.one_of(
    keys,
    keys.map(lambda key: f"-----BEGIN {PEM}-----\n{key}\n-----END {PEM}-----"),
    st.sampled_from((f"https://pets:{WORD}@db/pets", f"api_key={WORD}", f"password: {WORD}")),
)
texts = st.builds(
    lambda before, secret, after: before + secret + after,
    st.sampled_from(("signed with ", "failed: ", "", "(")),
    secrets,
    st.sampled_from((".", "", ")", " was refused")),
)
names = st.sampled_from(("event", "exception", "detail", "args", "reply", "private_key"))
values = st.recursive(
    st.one_of(texts, st.integers(), st.none(), texts.map(str.encode)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(names, values, min_size=1, max_size=4))
def test_no_log_record_contains_a_key(event: dict[str, Any]) -> None:
    written = json.dumps(redact_event(None, "info", event), default=str)
    assert not KEY_SHAPED.search(written)
