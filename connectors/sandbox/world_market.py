"""One simulated market: its participants' arrivals, its engine and its frames."""

import heapq
from collections.abc import Callable
from functools import partial
from random import Random
from typing import NamedTuple

from connectors.sandbox.accounts import Accounts
from connectors.sandbox.crowd import Crowd
from connectors.sandbox.engine import MatchingEngine
from connectors.sandbox.events import Event
from connectors.sandbox.floor import Floor
from connectors.sandbox.frames import Dispatch, Frame
from connectors.sandbox.identity import seed_number
from connectors.sandbox.ladder import Resting
from connectors.sandbox.makers import Maker
from connectors.sandbox.market import MarketState
from connectors.sandbox.orders import Order
from connectors.sandbox.publisher import Publisher, Top
from connectors.sandbox.stories import Story, Wire, readers, told
from connectors.sandbox.takers import rest_patient, take_informed, take_noise
from connectors.sandbox.tenure import DAY_MS, Tenancy
from connectors.sandbox.units import DOLLAR
from schemas.values import PIPS

FINE_TICK = 10
"""The grid near 0 and 1, pips."""
FINE_BEYOND = 9_600
"""The grid becomes fine once the fair price is above this or below its mirror, pips."""
WITHDRAW_AFTER_S = 480.0
"""Mean life of a resting order without expiration, virtual seconds."""
HOUSEKEEPING_MS = 1_000
"""How often expirations and the price grid of a lively market are looked at."""
QUIET_HOUSEKEEPING_MS = 10_000
"""The same of a market with few requotes."""
QUIET_REQUOTES = 0.2
PROPOSED_AFTER_MS = 1_800_000
"""From the deciding news to the proposed resolution."""
DISPUTED_AFTER_MS = 5_400_000
DISPUTED_SHARE = 0.08
"""Share of proposed resolutions that are disputed."""

_Action = Callable[[], None]


class Surroundings(NamedTuple):
    """What all markets of a world share.

    Attributes:
        seed: Seed of the world.
        activity: Factor on all arrival rates.
        accounts: Balances of the venue.
        crowd: Whose wallets trade; None for one of each kind.
        wire: Where news goes.
    """

    seed: int
    activity: float
    accounts: Accounts
    crowd: Crowd | None
    wire: Wire


class WorldMarket:
    """A market of the simulated world.

    Args:
        tenure: Which market.
        start_ms: When it starts to trade here: at its listing, or when the world was started.
        around: What it shares with the others.

    Attributes:
        spec: Metadata.
        state: What changes.
        tenure: Its time in its place.
    """

    def __init__(self, tenure: Tenancy, start_ms: int, around: Surroundings) -> None:
        self.tenure = tenure
        self.spec = tenure.spec(around.seed)
        self.state = MarketState(changed_ms=start_ms)
        self._around = around
        self._fair = tenure.fair_value(around.seed)
        self._lively = tenure.lively
        self._activity = around.activity
        self._rng = Random(seed_number("market", around.seed, self.spec.condition_id, start_ms))
        quiet = self._lively.requotes < QUIET_REQUOTES
        self._housekeeping_ms = QUIET_HOUSEKEEPING_MS if quiet else HOUSEKEEPING_MS
        self._engine = MatchingEngine(self.spec.tick, self.spec.min_size, self.spec.fee)
        self._floor = Floor(self.spec.condition_id, self._engine, around.accounts)
        self._publisher = Publisher(self.spec, self.state, self._engine)
        self._queue: list[tuple[int, int, _Action]] = []
        self._scheduled = 0
        self._open(start_ms)

    @property
    def next_ms(self) -> int:
        """When something happens next, at the latest its end, ms UTC."""
        return min(self._queue[0][0], self.tenure.end_ms) if self._queue else self.tenure.end_ms

    @property
    def tick(self) -> int:
        """Tick size now, pips."""
        return self._engine.tick

    @property
    def resting(self) -> dict[str, Resting]:
        """All resting orders by id."""
        return self._engine.resting

    def top(self, leg: int) -> Top:
        """Best bid and ask of a token, pips."""
        return self._publisher.top(leg)

    def book(self, leg: int) -> Frame:
        """The whole book of a token."""
        return self._publisher.book(leg)

    def depth(self) -> int:
        """Money units that resting orders could trade."""
        bids, asks = self._engine.bids, self._engine.asks
        return sum(pips * level.size for pips, level in bids.levels.items()) + sum(
            (PIPS - pips) * level.size for pips, level in asks.levels.items()
        )

    def daily_volume(self) -> int:
        """Money units that noise takers trade in a day, on average."""
        lively = self._lively
        shares = lively.takers * self._activity * 86_400 * lively.typical_take * 1.6
        return round(shares / 2) * DOLLAR

    def resolution(self, at_ms: int) -> str:
        """The oracle's status word: empty, `proposed`, `disputed` or `resolved`."""
        if not self.state.is_open:
            return "resolved"
        since_ms = at_ms - self._fair.decided_ms
        if since_ms >= DISPUTED_AFTER_MS and self._disputed():
            return "disputed"
        return "proposed" if since_ms >= PROPOSED_AFTER_MS else ""

    def fair_logit(self, at_ms: int) -> float:
        """The latent logit at a time; feeds of the outside world are drawn around it."""
        return self._fair.logit(at_ms)

    def past_price(self, at_ms: int) -> float | None:
        """The fair price at a past time, for price histories; None before the listing."""
        return self._fair.price(at_ms) if at_ms >= self.spec.listed_ms else None

    def _disputed(self) -> bool:
        return seed_number("dispute", self.spec.condition_id) % 1_000 < DISPUTED_SHARE * 1_000

    def place(self, order: Order, now_ms: int) -> tuple[list[Event], list[Dispatch]]:
        """Take an order from outside; its events, and the frames everybody gets."""
        self._floor.now_ms = now_ms
        events = self._floor.submit(order)
        return events, self._publish(now_ms)

    def cancel(self, order_id: str, now_ms: int) -> tuple[list[Event], list[Dispatch]]:
        """Cancel an order from outside."""
        self._floor.now_ms = now_ms
        events = self._floor.withdraw(order_id)
        return events, self._publish(now_ms)

    def advance(self, to_ms: int) -> list[Dispatch]:
        """Let everything happen that is due up to a time, or up to the market's end."""
        out: list[Dispatch] = []
        until = min(to_ms, self.tenure.end_ms)
        while self._queue and self._queue[0][0] <= until:
            at_ms, _, action = heapq.heappop(self._queue)
            self._floor.now_ms = at_ms
            action()
            out += self._publish(at_ms)
        return out

    def resolve(self) -> list[Dispatch]:
        """End the market at its planned end and pay out."""
        self._queue.clear()
        payout = self._fair.payout
        self._floor.now_ms = self.tenure.end_ms
        self._floor.close(payout)
        return self._publish(self.tenure.end_ms)

    def _publish(self, at_ms: int) -> list[Dispatch]:
        return self._publisher.publish(self._floor.collected(), at_ms)

    def _open(self, start_ms: int) -> None:
        """Fill the book before anybody looks, and send everyone on their way."""
        age_days = max(start_ms - self.tenure.start_ms, 0) / DAY_MS
        self.state.volume = round(self.daily_volume() * age_days)
        self._floor.now_ms = start_ms
        lively, makers = self._lively, self._makers(start_ms)
        self._watch_grid()
        for maker in makers:
            self._quote(maker)
        for _ in range(14):
            self._rest_patient()
        self._publish(start_ms)
        for maker in makers:
            self._repeat(lively.requotes / len(makers), partial(self._quote, maker))
        self._repeat(lively.takers, self._take_noise)
        self._repeat(lively.informed, self._take_informed)
        self._repeat(lively.patient, self._rest_patient)
        self._later(self._housekeeping_ms, self._keep_house)
        self._expect_news()
        game_ms = self.spec.game_start_ms
        if self.spec.clears_on_start and game_ms is not None and game_ms > start_ms:
            self._later(game_ms - start_ms, self._wipe)

    def _makers(self, start_ms: int) -> list[Maker]:
        fair, lively = self._fair.logit(start_ms), self._lively
        return [
            Maker(f"maker-{n}", lively, n, 15.0 * (n + 1), fair, start_ms)
            for n in range(lively.makers)
        ]

    def _later(self, delay_ms: int, action: _Action) -> None:
        self._scheduled += 1
        heapq.heappush(self._queue, (self._floor.now_ms + delay_ms, self._scheduled, action))

    def _repeat(self, rate: float, action: _Action) -> None:
        """Let an action happen now and then, `rate` times a virtual second at activity 1."""
        wait_s = self._rng.expovariate(rate * self._activity)
        self._later(max(round(wait_s * 1000), 1), partial(self._act_and_repeat, rate, action))

    def _act_and_repeat(self, rate: float, action: _Action) -> None:
        action()
        self._repeat(rate, action)

    def _quote(self, maker: Maker) -> None:
        maker.act(self._floor, self._fair.logit(self._floor.now_ms), self._rng)

    def _take_noise(self) -> None:
        take_noise(self._floor, self._lively, self._rng, self._around.crowd)

    def _take_informed(self) -> None:
        fair = self._fair.price(self._floor.now_ms)
        take_informed(self._floor, self._lively, fair, self._rng, self._around.crowd)

    def _rest_patient(self) -> None:
        fair = self._fair.price(self._floor.now_ms)
        order_id = rest_patient(self._floor, self._lively, fair, self._rng)
        if order_id is not None:
            life_ms = round(self._rng.expovariate(1 / WITHDRAW_AFTER_S) * 1000)
            self._later(max(life_ms, 1_000), partial(self._withdraw, order_id))

    def _withdraw(self, order_id: str) -> None:
        self._floor.withdraw(order_id)

    def _keep_house(self) -> None:
        self._floor.drop_expired()
        self._watch_grid()
        self._expect_news()
        self._later(self._housekeeping_ms, self._keep_house)

    def _expect_news(self) -> None:
        """Schedule what the outlets publish about jumps before the next housekeeping."""
        headlines, now_ms = self.tenure.headlines(), self._floor.now_ms
        if headlines is None:
            return
        for jump in self._fair.jumps(now_ms, now_ms + self._housekeeping_ms):
            for story in told(self.spec, jump, headlines):
                self._later(story.at_ms - now_ms, partial(self._tell, story))

    def _tell(self, story: Story) -> None:
        """Publish a story; people who read it come to trade."""
        self._around.wire.publish(story)
        for delay_ms in readers(story):
            self._later(delay_ms, self._take_noise)

    def _wipe(self) -> None:
        """Clear the book at the start of the game, as the venue does."""
        for order_id in list(self._engine.resting):
            self._floor.withdraw(order_id)

    def _watch_grid(self) -> None:
        """Refine the grid once the price is extreme; the venue does not coarsen it again."""
        pips = self._fair.price(self._floor.now_ms) * PIPS
        if max(pips, PIPS - pips) > FINE_BEYOND and self.tick > FINE_TICK:
            self._floor.refine_tick(FINE_TICK)
