"""Every alert of the wallet is one that the runbook explains."""

import re

import pytest

from schemas.alert_rules import BY_NAME
from tests.architecture.source_tree import ROOT

RAISED = re.compile(r"_(?:trouble|alert)\(\s*\"([a-z-]+)\"")


@pytest.mark.parametrize("path", ["streams/nonces.py", "agents/stages/wallet.py"])
def test_every_alert_of_the_wallet_is_explained(path: str) -> None:
    raised = set(RAISED.findall((ROOT / path).read_text(encoding="utf-8")))
    assert len(raised) >= 4
    assert raised <= set(BY_NAME), f"Add to schemas/alert_rules.py: {raised - set(BY_NAME)}"
