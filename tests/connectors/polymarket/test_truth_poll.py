"""The three truths asked over HTTP and compared by the wallet stage."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

import httpx

from agents.stages.wallet import WalletStage
from agents.stages.wallet_book import WalletRules
from connectors.polygon.rpc import NodeAwayError
from connectors.polymarket.drift import DriftSentinel
from connectors.polymarket.public_reads import PublicReads
from connectors.polymarket.trading_rest import TradingRest
from connectors.polymarket.truth_poll import AskChain, TruthPoller
from connectors.polymarket.venue_http import VenueHttp
from schemas.ids import AccountId
from schemas.venue import VenueAccount
from schemas.wallet import WalletState
from schemas.wallet_truths import TruthDoubted, TruthKind, TruthObserved
from streams.held_tokens import HeldTokens
from tests.streams.test_held_tokens import TOKEN, held

MAKER = "0x" + "ab" * 20
ACCOUNT = VenueAccount(maker=MAKER, signer=MAKER, signature_type=0)
START = 1_700_000_000_000


class Outside:
    """Venue, Data API and chain; None is silence."""

    def __init__(self, venue: str | None, data_api: str | None, chain: str | None) -> None:
        self.venue, self.data_api, self.on_chain = venue, data_api, chain
        self.users: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        query = request.url.params
        if request.url.path == "/balance-allowance":
            if self.venue is None:
                return httpx.Response(400, json={"error": "no"})
            size = self.venue if query.get("token_id") == TOKEN else "100"
            micro = str(int(Decimal(size) * 1_000_000))
            return httpx.Response(200, json={"balance": micro, "allowances": {}})
        self.users.append(query["user"])
        if self.data_api is None:
            return httpx.Response(400, json={"error": "no"})
        rows = [{"token_id": TOKEN, "current_size": self.data_api}]
        page = {"limit": 1000, "offset": 0, "has_more": False, "next_cursor": None}
        return httpx.Response(200, json={"data": rows, "pagination": page})

    async def chain(self, token_id: str) -> Decimal:
        if self.on_chain is None:
            raise NodeAwayError("No node of the chain answers.")
        return Decimal(self.on_chain) if token_id == TOKEN else Decimal(100)


class Watched:
    """A poller, and the wallet stage that reads what it publishes."""

    def __init__(self, outside: Outside, *, ours: str = "10") -> None:
        self.now = START
        self.stage = WalletStage(AccountId("main"), WalletRules())
        self.doubts: list[TruthDoubted] = []
        self.state: WalletState | None = None
        self.poller = poller(outside, held(ours), self.take, lambda: self.now, outside.chain)

    async def take(self, truth: TruthObserved) -> None:
        for emit in self.stage.apply(truth):
            if isinstance(emit.message, TruthDoubted):
                self.doubts.append(emit.message)
            elif isinstance(emit.message, WalletState):
                self.state = emit.message

    async def watch(self, seconds: int) -> None:
        for _ in range(seconds // 10):
            self.now += 10_000
            await self.poller.look()

    def kinds(self) -> dict[str, TruthKind]:
        assert self.state is not None
        return {each.key: each.kind for each in self.state.differences}


def poller(
    outside: Outside,
    ours: HeldTokens,
    publish: Callable[[TruthObserved], Awaitable[None]],
    now_ms: Callable[[], int],
    chain: AskChain | None,
) -> TruthPoller:
    def http() -> VenueHttp:
        return VenueHttp("http://venue", transport=httpx.MockTransport(outside.answer))

    drift = DriftSentinel()
    reads = PublicReads(http(), http(), http(), drift)
    rest = TradingRest(http(), drift)
    return TruthPoller(ACCOUNT, ours, rest, reads, chain, publish, now_ms)


async def test_three_that_agree_with_us_are_no_difference() -> None:
    outside = Outside("10", "10", "10")
    watched = Watched(outside)
    await watched.watch(200)
    assert (watched.kinds(), watched.doubts) == ({}, [])
    assert outside.users[0] == MAKER


async def test_what_the_chain_does_not_have_shrinks_and_stops_quoting_by_its_age() -> None:
    watched = Watched(Outside("10", "10", "0"))
    await watched.watch(20)
    assert watched.kinds() == {TOKEN: TruthKind.PENDING}
    assert watched.doubts == []
    await watched.watch(60)
    assert watched.kinds() == {TOKEN: TruthKind.GHOST}
    await watched.watch(80)
    scales = [list(doubt.scales.values()) for doubt in watched.doubts]
    assert scales == [[Decimal("0.5")], [Decimal(0)]]


async def test_agreement_ends_the_doubt() -> None:
    outside = Outside("10", "10", "0")
    watched = Watched(outside)
    await watched.watch(150)
    outside.on_chain = "10"
    await watched.watch(10)
    assert [doubt.scales for doubt in watched.doubts][-1] == {}


async def test_what_all_three_say_and_we_do_not_is_a_transfer() -> None:
    watched = Watched(Outside("7", "7", "7"))
    await watched.watch(60)
    assert watched.kinds() == {TOKEN: TruthKind.TRANSFER}


async def test_silence_is_no_difference_and_is_counted() -> None:
    watched = Watched(Outside(None, None, None))
    await watched.watch(200)
    assert (watched.kinds(), watched.doubts) == ({}, [])
    assert watched.poller.failures == 3 * 20
    watched = Watched(Outside("10", None, "10"))
    await watched.watch(200)
    assert watched.kinds() == {}


async def test_the_data_api_alone_that_trails_is_a_ghost_and_dust_is_dust() -> None:
    watched = Watched(Outside("10", "4", "10"))
    await watched.watch(60)
    assert watched.kinds() == {TOKEN: TruthKind.GHOST}
    watched = Watched(Outside("0.05", "0", "0.05"), ours="0.05")
    await watched.watch(200)
    assert (watched.kinds(), watched.doubts) == ({TOKEN: TruthKind.DUST}, [])
