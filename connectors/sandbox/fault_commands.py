"""Faults by name: what `POST /sandbox/faults` and `pets sandbox fault` understand."""

from typing import Literal, get_args

import msgspec

from connectors.sandbox.faults import FrameFaults
from connectors.sandbox.follow_up import Notice
from connectors.sandbox.frames import Dispatch
from connectors.sandbox.hub import RESTARTING, Closable
from connectors.sandbox.mode import POST_ONLY_MS, RESTART_MS, Mode
from connectors.sandbox.sandbox import Sandbox
from schemas.errors import ConfigurationError

Kind = Literal[
    "drop", "freeze", "thaw", "lose", "duplicate", "reorder", "stale_book", "cross_book",
    "wrong_hash", "wrong_order_id", "schema_change", "status", "timeout_after_acceptance",
    "restart", "post_only", "cancel_only", "disabled", "ghost_fill", "retry_fill", "late_fill",
    "clock_skew", "closed_only", "ban", "geoblock",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)
DEFAULT_HOLD_S = 30.0
DEFAULT_LATE_MS = 5_000


class FaultCommand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fault.

    Attributes:
        kind: `drop` closes sockets, `freeze` silences them (`thaw` ends that), `lose`,
            `duplicate`, `reorder`, `wrong_hash` and `schema_change` hit frames, `stale_book` and
            `cross_book` hit books, `status` answers requests with a status,
            `timeout_after_acceptance` does what is asked and does not answer in time, `restart`
            answers 425 and then takes post-only orders only, `ghost_fill` lets trades fail on the
            chain, `retry_fill` lets them need a second transaction, `late_fill` tells of them
            late, `wrong_order_id` answers another id, `clock_skew` moves the venue's clock;
            `closed_only`, `ban` and `geoblock` restrict an address or everybody.
        count: Occasions to strike.
        share: Rate at which occasions are struck, decided by the venue's seed.
        channel: Which sockets; those of reference prices know `drop`, `freeze` and `thaw`.
        path: Beginning of the request paths to strike; empty for all.
        method: HTTP method to strike; empty for all.
        status: For `status`.
        ms: A duration, or the skew; milliseconds of the venue's clock (wall milliseconds for
            `timeout_after_acceptance`).
        token_id: For `cross_book`.
        address: For `closed_only` and `ban`.
        breaking: For `schema_change`: rename fields instead of adding one.
    """

    kind: Kind
    count: int = 1
    share: float = 1.0
    channel: Literal["market", "user", "price"] = "market"
    path: str = ""
    method: str = ""
    status: int = 500
    ms: int = 0
    token_id: str = ""
    address: str = ""
    breaking: bool = False


class FaultDesk:
    """Switches the faults of a venue."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def arm(self, command: FaultCommand) -> None:
        """Switch one fault on.

        Raises:
            ConfigurationError: A share outside 0 to 1, or no token to cross.
        """
        if not 0 < command.share <= 1 or command.count < 1:
            raise ConfigurationError(
                f"A fault needs a count from 1 and a share above 0 and up to 1, received "
                f"count {command.count}, share {command.share}."
            )
        for arm in (self._sockets, self._frames, self._requests, self._engine, self._orders):
            arm(command)

    def disarm(self) -> None:
        """Switch all off, and open the engine."""
        sandbox = self._sandbox
        for faults in (sandbox.faults, sandbox.user_faults):
            faults.disarm()
        sandbox.http_faults.disarm()
        sandbox.order_faults.wrong_id.disarm()
        sandbox.hub.freeze_all(frozen=False)
        sandbox.user_hub.freeze_all(frozen=False)
        sandbox.price_hub.freeze_all(frozen=False)
        sandbox.mode.enter(Mode.OPEN, 0)
        sandbox.skew_ms = 0
        sandbox.geoblocked = False
        desk = sandbox.desk
        desk.settlement.ghosts = desk.settlement.retries = desk.follow_up.late = 0
        desk.restrictions.banned.clear()
        desk.restrictions.closed_only.clear()

    def armed(self) -> dict[str, object]:
        """What is switched on."""
        sandbox, desk = self._sandbox, self._sandbox.desk
        mode = sandbox.mode.now(sandbox.clock_ms())
        shown: dict[str, object] = {
            "market": sandbox.faults.armed(),
            "user": sandbox.user_faults.armed(),
            "http": sandbox.http_faults.armed(),
            "mode": mode.value if mode is not Mode.OPEN else "",
            "skew_ms": sandbox.skew_ms,
            "ghost_fills": desk.settlement.ghosts,
            "late_fills": desk.follow_up.late,
            "geoblocked": sandbox.geoblocked,
            "closed_only": sorted(desk.restrictions.closed_only),
            "banned": sorted(desk.restrictions.banned),
        }
        return {key: value for key, value in shown.items() if value}

    def _sockets(self, command: FaultCommand) -> None:
        sandbox = self._sandbox
        hubs: dict[str, Closable] = {
            "market": sandbox.hub,
            "user": sandbox.user_hub,
            "price": sandbox.price_hub,
        }
        hub = hubs[command.channel]
        match command.kind:
            case "drop":
                hub.close_all(RESTARTING)
            case "freeze" | "thaw":
                hub.freeze_all(frozen=command.kind == "freeze")
            case _:
                pass

    def _frames(self, command: FaultCommand) -> None:
        sandbox, times = self._sandbox, (command.count, command.share)
        faults: FrameFaults[Dispatch] | FrameFaults[Notice] = sandbox.faults
        if command.channel == "user":
            faults = sandbox.user_faults
        match command.kind:
            case "lose":
                faults.drop.arm(*times)
            case "duplicate":
                faults.double.arm(*times)
            case "reorder":
                faults.swap.arm(*times)
            case "schema_change":
                (faults.reshape if command.breaking else faults.extend).arm(*times)
            case "wrong_hash":
                sandbox.faults.corrupt.arm(*times)
            case "stale_book":
                sandbox.faults.freeze_books(sandbox.venue, *times)
            case "cross_book":
                self._cross(command)
            case _:
                pass

    def _cross(self, command: FaultCommand) -> None:
        if self._sandbox.venue.token(command.token_id) is None:
            raise ConfigurationError(
                f"cross_book needs the id of an open token, received {command.token_id!r}. "
                "GET /markets/keyset lists them as clobTokenIds."
            )
        self._sandbox.faults.cross_book(command.token_id)

    def _requests(self, command: FaultCommand) -> None:
        sandbox = self._sandbox
        match command.kind:
            case "status":
                sandbox.http_faults.arm(
                    command.count,
                    command.share,
                    path=command.path,
                    method=command.method,
                    status=command.status,
                )
            case "timeout_after_acceptance":
                sandbox.http_faults.arm(
                    command.count,
                    command.share,
                    path=command.path or "/order",
                    method=command.method or "POST",
                    hold_s=command.ms / 1000 or DEFAULT_HOLD_S,
                )
            case "clock_skew":
                sandbox.skew_ms = command.ms
            case "geoblock":
                sandbox.geoblocked = True
            case _:
                pass

    def _engine(self, command: FaultCommand) -> None:
        mode, now_ms = self._sandbox.mode, self._sandbox.clock_ms()
        until_ms = now_ms + (command.ms or POST_ONLY_MS)
        match command.kind:
            case "restart":
                mode.restart(now_ms, command.ms or RESTART_MS)
            case "post_only":
                mode.enter(Mode.POST_ONLY, until_ms)
            case "cancel_only":
                mode.enter(Mode.CANCEL_ONLY, until_ms)
            case "disabled":
                mode.enter(Mode.DISABLED, until_ms)
            case _:
                pass

    def _orders(self, command: FaultCommand) -> None:
        desk = self._sandbox.desk
        match command.kind:
            case "ghost_fill":
                desk.settlement.ghosts += command.count
            case "retry_fill":
                desk.settlement.retries += command.count
            case "late_fill":
                desk.follow_up.late += command.count
                desk.follow_up.late_ms = command.ms or DEFAULT_LATE_MS
            case "wrong_order_id":
                self._sandbox.order_faults.wrong_id.arm(command.count, command.share)
            case "closed_only":
                desk.restrictions.closed_only.add(command.address.lower())
            case "ban":
                desk.restrictions.banned.add(command.address.lower())
            case _:
                pass
