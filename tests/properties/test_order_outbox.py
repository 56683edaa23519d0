"""Exactly one order per intent, whatever fails: lost, late and repeated requests and answers, 425,
500, crashes in the middle of a round, halts, cancels and replacements (DESIGN.md section 4)."""

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.trading import Order
from streams.outbox_state import OutboxRules
from tests.streams import unsteady_venue
from tests.streams.unsteady_venue import Run, identify, run

MANY = 100_000


def assert_exact(result: Run) -> None:
    assert result.duplicates == 0
    assert result.orphans == 0
    assert result.unproven == 0
    assert result.endings_repeated == 0
    assert result.misjudged == 0


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32), crash=st.sampled_from((0.0, 0.05, 0.3)))
def test_every_intent_has_one_order_and_every_order_an_owner(seed: int, crash: float) -> None:
    assert_exact(run(300, seed, each_round=4, crash=crash))


def test_a_hundred_thousand_intents() -> None:
    result = run(MANY, seed=1, each_round=50, crash=0.03, save_every=30)
    assert_exact(result)
    assert result.intents == MANY
    assert result.crashes > 20
    assert result.orders > MANY // 2


def test_a_salt_of_its_own_for_each_sending_would_be_found() -> None:
    serial = count()

    def salted(order: Order) -> str:
        return f"{identify(order)}-{next(serial)}"

    assert run(600, seed=1, of=salted).duplicates > 0


def test_believing_an_order_absent_too_early_would_be_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unsteady_venue, "RULES", OutboxRules(proof_ms=0, kept_ms=45_000))
    assert run(3000, seed=1).misjudged > 0
