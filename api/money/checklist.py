"""What must be true before real orders leave this machine, each point one sentence."""

from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from typing import NamedTuple

from agents.registry import choose_bots
from api.money.access import VenueAccess
from api.money.graduation import graduation
from configs.profiles import load_profiles
from configs.risk import capital_notes, load_risk, risk_notes
from configs.rules import load_rules
from configs.settings import Settings
from connectors.polymarket.contracts import EXCHANGE_V2, NEG_RISK_EXCHANGE_V2
from connectors.polymarket.drift import ORDER_VERSION
from schemas.errors import InfrastructureError
from schemas.values import MICRO

MOST_SKEW_S = 2


class Point(NamedTuple):
    """One point of the list.

    Attributes:
        passed: Whether it is as it must be.
        says: What was found, and where it did not pass what to do.
    """

    name: str
    passed: bool
    says: str


async def checklist(settings: Settings, access: VenueAccess) -> tuple[Point, ...]:
    """Go through the list; a point that cannot be read does not pass.

    Args:
        settings: Capital, bots, rules.
        access: The key at the venue.
    """
    read: Sequence[tuple[str, Callable[[Settings, VenueAccess], Awaitable[Point]]]] = (
        ("geoblock", lambda _, access: geoblock(access)),
        ("closed-only", lambda _, access: closed_only(access)),
        ("order form", _version),
        ("balance", _balance),
        ("open orders", _open_orders),
    )
    points = [_clock(access)]
    for name, check in read:
        try:
            points.append(await check(settings, access))
        except InfrastructureError as error:
            points.append(Point(name, False, f"It could not be read: {error}"))
    return (*points, _risk(settings), _graduation(settings))


def _graduation(settings: Settings) -> Point:
    """Whether paper money has shown what E.6 asks of each bot."""
    return Point("graduation", *graduation(settings))


def _clock(access: VenueAccess) -> Point:
    skew = access.skew_s
    says = f"The venue's clock is {skew:+d} s from ours; {MOST_SKEW_S} s are the most."
    return Point("clock", abs(skew) <= MOST_SKEW_S, says)


async def geoblock(access: VenueAccess) -> Point:
    """Whether the venue lets the place we call from trade."""
    found = await access.reads.geoblock()
    place = " ".join(filter(None, (found.country, found.region))) or "here"
    if found.blocked:
        return Point("geoblock", False, f"The venue does not let {place} trade. PETS obeys that.")
    return Point("geoblock", True, f"The venue lets {place} trade.")


async def closed_only(access: VenueAccess) -> Point:
    """Whether the account may open positions."""
    if await access.rest.closed_only():
        says = "The venue lets this account close positions only. Ask its support."
        return Point("closed-only", False, says)
    return Point("closed-only", True, "The account may open positions.")


async def _version(_: Settings, access: VenueAccess) -> Point:
    found = await access.reads.version()
    says = f"The venue takes orders of version {found}, ours are {ORDER_VERSION}."
    return Point("order form", found == ORDER_VERSION, says)


async def _balance(settings: Settings, access: VenueAccess) -> Point:
    """Collateral for the capital of all bots, which both exchanges may take."""
    found = await access.rest.balance(access.account.signature_type)
    dollars = Decimal(found.balance) / MICRO
    needed = settings.capital * len(choose_bots(settings.bots))
    if dollars < needed:
        says = f"${dollars} are there, the bots have ${needed}: lower PETS_CAPITAL, or pay in."
        return Point("balance", False, says)
    allowed = {address.lower(): units for address, units in found.allowances.items()}
    for name, address in (("the exchange", EXCHANGE_V2), ("neg-risk", NEG_RISK_EXCHANGE_V2)):
        if allowed.get(address.lower(), 0) < found.balance:
            says = f"The allowance of {name} {address} is below the balance: approve pUSD for it."
            return Point("balance", False, says)
    return Point("balance", True, f"${dollars} are there and may be traded; ${needed} are needed.")


async def _open_orders(_: Settings, access: VenueAccess) -> Point:
    count = len(await access.rest.open_orders())
    says = f"{count} orders of this API key are open; a stop of PETS cancels all of them."
    return Point("open orders", True, says)


def _risk(settings: Settings) -> Point:
    """The rules as shipped, or stricter; what was loosened is named."""
    rules, risk = load_rules(settings.config_dir), load_risk(settings.config_dir)
    profile = load_profiles(settings.config_dir, rules, risk.standard_limits()).short_horizon
    capitals = {bot.number: settings.capital for bot in choose_bots(settings.bots)}
    notes = risk_notes(risk) + capital_notes(risk, profile, rules.min_size, capitals)
    return Point("risk rules", not risk_notes(risk), " ".join(notes) or "All limits are in force.")
