"""From the venue to the gate: what it does not allow is denied with rule, limit and value.

A sandbox venue with faults answers over HTTP; the connector's checks, and the watch that whoever
sends orders keeps, tell the gate, which judges the next order by it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest

from api.venue import venue_checks
from configs.clock import PROCESS_WALL
from configs.settings import Settings
from connectors.polymarket.drift import DriftSentinel
from connectors.polymarket.failures import classify
from connectors.polymarket.signer import Signer
from connectors.polymarket.trading_rest import TradingRest, obtain_credentials, private_headers
from connectors.polymarket.venue_checks import VenueChecks
from connectors.polymarket.venue_http import VenueHttp, VenueRefusedError
from connectors.polymarket.venue_watch import VenueWatch
from connectors.sandbox.fault_commands import FaultCommand, FaultDesk
from connectors.sandbox.sandbox import Sandbox, SandboxSettings
from connectors.sandbox.server import listen, serve_on
from schemas.envelope import Message
from schemas.reasons import DenialCode
from schemas.trading import AccountView
from schemas.venue_status import VenueStatus
from tests.agents.stages.gate_driver import Gate, approved, denied, of_type
from tests.streams.account_messages import (
    ACCOUNT,
    BOT_5,
    BUY,
    NO,
    REDUCE,
    SELL,
    T0,
    YES,
    an_order,
)
from topics.catalog import DECIDE_INPUTS, GATE_INPUTS, TopicSpec

SIGNER = Signer(b"\x11" * 32)


class Still:
    """A clock that stands."""

    def now_ms(self) -> int:
        return T0


class Told:
    """A gate in place of the log."""

    def __init__(self) -> None:
        self.gate = Gate()
        self.statuses: list[VenueStatus] = []

    async def publish(self, topic: TopicSpec, key: str, message: Message) -> None:
        assert (topic, key) == (GATE_INPUTS, ACCOUNT)
        assert isinstance(message, VenueStatus)
        self.hear(message)

    def hear(self, message: VenueStatus | None) -> None:
        if message is not None:
            self.statuses.append(message)
            self.gate.feed(message)

    def refusal(self) -> tuple[str, str]:
        """Rule and value with which opening quotes are denied."""
        bid, ask = an_order(YES, BUY, "0.44", "20"), an_order(NO, BUY, "0.52", "20")
        found = denied(self.gate.bundle(bid, ask))
        assert found.code is DenialCode.MARKET_CLOSED
        return found.rule, found.value

    def opens(self) -> None:
        """Opening quotes pass."""
        approved(
            self.gate.bundle(an_order(YES, BUY, "0.44", "20"), an_order(NO, BUY, "0.52", "20"))
        )

    def reduces(self) -> Any:
        """What becomes of an order that reduces."""
        self.gate.hold(an_order(YES, BUY, "0.44", "100"))
        return self.gate.place(an_order(YES, SELL, "0.50", "20", kind=REDUCE))


@asynccontextmanager
async def venue() -> AsyncIterator[tuple[Sandbox, str]]:
    sandbox = Sandbox(SandboxSettings(source="world"), Still())
    listener = listen("127.0.0.1", 0)
    serving = asyncio.create_task(serve_on(listener, sandbox))
    try:
        yield sandbox, f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


@asynccontextmanager
async def checked(url: str, told: Told) -> AsyncIterator[VenueChecks]:
    settings = Settings(
        _env_file=None,
        account=ACCOUNT,
        clob_url=url,
        data_url=url,
        site_url=url,
        anchor_wall_ms=PROCESS_WALL(),
        anchor_event_ms=T0,
    )
    async with venue_checks(settings, told, DriftSentinel()) as checks:
        yield checks


async def test_a_place_that_is_not_served_opens_nothing_and_may_reduce() -> None:
    told = Told()
    async with venue() as (sandbox, url), checked(url, told) as checks:
        await checks.check()
        told.opens()
        FaultDesk(sandbox).arm(FaultCommand(kind="geoblock"))
        await checks.check()
        rule, value = told.refusal()
        assert (rule, value) == (
            "Nothing is opened from a place that the venue does not serve.",
            "US",
        )
        approved(told.reduces())
        FaultDesk(sandbox).disarm()
        await checks.check()
        told.opens()


async def test_bots_hear_that_they_may_not_open() -> None:
    told = Told()
    async with venue() as (sandbox, url), checked(url, told) as checks:
        FaultDesk(sandbox).arm(FaultCommand(kind="geoblock"))
        said = len(told.gate.said)
        await checks.check()
        views = of_type(told.gate.said[said:], AccountView, DECIDE_INPUTS)
        assert {view.may_open for view in views if view.bot_id == BOT_5} == {False}


async def test_a_venue_that_wants_another_form_of_orders_is_doubted() -> None:
    told = Told()
    async with venue() as (_, url), checked(url, told) as checks:
        checks._watch.drift.version(3)
        told.hear(checks._watch.news(T0))
        rule, value = told.refusal()
        assert "may mean something else" in rule
        assert value == "the venue wants orders of version 3, ours are 2"
        await checks.check()
        told.opens()


Scene = Callable[[Sandbox, TradingRest, VenueWatch], Coroutine[None, None, None]]


async def trade(scene: Scene) -> None:
    """A scene at the private side of a venue."""
    async with venue() as (sandbox, url):
        drift = DriftSentinel()
        async with VenueHttp(url) as public:
            credentials = await obtain_credentials(public, SIGNER, T0 // 1000, drift)
        headers = private_headers(SIGNER.address, credentials, lambda: T0 // 1000)
        async with VenueHttp(url, headers) as http:
            watch = VenueWatch("execution", ACCOUNT, drift)
            await scene(sandbox, TradingRest(http, drift), watch)


async def refused(rest: TradingRest, watch: VenueWatch) -> None:
    """Send an order that is not taken, and tell the watch why."""
    with pytest.raises(VenueRefusedError) as caught:
        await rest.place(b"{}")
    watch.failed(caught.value.failure, T0)


@pytest.mark.parametrize(
    ("kind", "shown"),
    [("restart", "RESTARTING"), ("cancel_only", "CANCEL_ONLY"), ("disabled", "DISABLED")],
)
async def test_an_engine_that_takes_no_orders_gets_none(kind: Any, shown: str) -> None:
    async def scene(sandbox: Sandbox, rest: TradingRest, watch: VenueWatch) -> None:
        told = Told()
        FaultDesk(sandbox).arm(FaultCommand(kind=kind))
        await refused(rest, watch)
        told.hear(watch.news(T0))
        rule, value = told.refusal()
        assert (rule, value.split()[0]) == ("The venue must take orders.", shown)
        assert denied(told.reduces()).code is DenialCode.MARKET_CLOSED
        watch.answered(None, T0 + 1)
        told.hear(watch.news(T0 + 1))
        told.opens()

    await trade(scene)


async def test_post_only_mode_takes_our_orders_for_they_are_post_only() -> None:
    async def scene(sandbox: Sandbox, rest: TradingRest, watch: VenueWatch) -> None:
        told = Told()
        FaultDesk(sandbox).arm(FaultCommand(kind="post_only"))
        failure = classify(503, {}, b'{"code":"post_only_mode"}', "/order", T0 / 1000)
        assert failure is not None
        watch.failed(failure, T0)
        told.hear(watch.news(T0))
        told.opens()

    await trade(scene)


async def test_an_account_that_may_only_close_opens_nothing() -> None:
    async def scene(sandbox: Sandbox, rest: TradingRest, watch: VenueWatch) -> None:
        told = Told()
        watch.closed_only(await rest.closed_only())
        told.hear(watch.news(T0))
        told.opens()
        FaultDesk(sandbox).arm(FaultCommand(kind="closed_only", address=SIGNER.address))
        watch.closed_only(await rest.closed_only())
        told.hear(watch.news(T0 + 1))
        assert told.refusal()[0] == "Nothing is opened while the account may only close."
        approved(told.reduces())

    await trade(scene)


def test_what_the_venue_says_is_left_of_the_rate_counts_where_it_is_less() -> None:
    told = Told()
    head = told.gate.stream.head(told.gate.at)
    told.hear(
        VenueStatus(**head, account_id=ACCOUNT, reporter="execution", orders_left=Decimal(13))
    )
    bid, ask = an_order(YES, BUY, "0.44", "20"), an_order(NO, BUY, "0.52", "20")
    found = denied(told.gate.bundle(bid, ask))
    assert (found.code, found.limit) == (DenialCode.RATE_LIMIT, "40 a second, burst 60")
    head = told.gate.stream.head(told.gate.at)
    told.hear(VenueStatus(**head, account_id=ACCOUNT, reporter="execution", tier="gold"))
    told.gate.at += 3_000
    told.gate.feed(told.gate.stream.tick(told.gate.at))
    told.opens()
    assert told.gate.stage._state.rates.orders.milli == (13 + 3 * 60 - 2) * 1_000
