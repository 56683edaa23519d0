"""What the simulated markets ask, and how lively each is. Names are generic on purpose."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Liveliness:
    """How a simulated market trades; rates are per virtual second at activity 1.

    Attributes:
        tick: Tick size, pips.
        spread: Full spread the makers aim at, in ticks.
        makers: Number of market makers.
        rungs: Levels each of them quotes a side.
        touch: Typical size at the best level, shares.
        requotes: Actions of all makers together.
        takers: Arrivals of noise takers.
        informed: Arrivals of takers who know the fair value.
        patient: Arrivals of resting retail orders.
        typical_take: Median size of a noise taker, shares.
    """

    tick: int
    spread: int
    makers: int
    rungs: int
    touch: int
    requotes: float
    takers: float
    informed: float
    patient: float
    typical_take: int


TIGHT = Liveliness(100, 1, 3, 8, 260, 2.4, 0.16, 0.05, 0.06, 40)
NORMAL = Liveliness(100, 2, 3, 7, 180, 1.4, 0.11, 0.03, 0.05, 32)
WIDE = Liveliness(100, 4, 2, 6, 140, 0.8, 0.07, 0.015, 0.03, 30)
THIN = Liveliness(100, 6, 1, 4, 45, 0.25, 0.012, 0.004, 0.015, 15)
FINE = Liveliness(10, 6, 3, 9, 220, 1.8, 0.12, 0.04, 0.06, 36)
QUIET = Liveliness(100, 2, 2, 4, 160, 0.02, 0.003, 0.0015, 0.001, 30)
"""Most of the large world: an action a minute or so."""
LONG = Liveliness(100, 2, 2, 5, 220, 0.015, 0.006, 0.001, 0.001, 30)
"""Quiet, but traded: markets of a distant end with some thousand dollars a day."""
TAIL = Liveliness(100, 8, 1, 4, 40, 0.01, 0.004, 0.0002, 0.0005, 12)
"""Wide and nearly empty."""
PLAY = Liveliness(100, 2, 2, 4, 60, 0.12, 0.06, 0.01, 0.004, 40)
"""A match: quiet before it, with a value that moves during it."""
WINDOW = Liveliness(100, 1, 3, 6, 120, 2.4, 0.2, 0.05, 0.04, 25)
"""A quarter of an hour on a price: tight until the outcome is nearly known."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the world that always holds one open market.

    Attributes:
        key: Names the slot in derived ids.
        category: Decides the fee schedule.
        days: Shortest and longest life of its markets.
        spread: Standard deviation of the logit over a life.
        questions: Asked in turn; `{date}` is the planned end.
        headlines: What news says when the value jumps up, and when it jumps down; by question.
        subjects: Further tags.
        level: Logit around which its markets start.
        jumps_per_day: Mean number of sudden moves.
        mood: Size of the crowd's overreactions, logit units.
        factor: Name of a factor shared with other slots.
        loading: How much of the factor it feels.
        halves: Chance that a market pays half to both sides.
        estimates: Whether outside forecasters follow it.
        reward: Daily liquidity rewards, dollars.
        version: Position layer of its markets.
    """

    key: str
    category: str
    liveliness: Liveliness
    days: tuple[int, int]
    spread: float
    questions: tuple[str, ...]
    headlines: tuple[tuple[str, str], ...] = ()
    subjects: tuple[str, ...] = ()
    level: float = 0.0
    jumps_per_day: float = 0.5
    mood: float = 0.0
    factor: str = ""
    loading: float = 0.0
    halves: float = 0.0
    estimates: bool = False
    reward: int = 0
    version: str = "v1"


SLOTS: tuple[Slot, ...] = (
    Slot(
        "budget", "politics", TIGHT, (20, 60), 0.9,
        ("Will the budget bill pass the upper house by {date}?",
         "Will a short-term spending bill be signed by {date}?"),
    ),
    Slot(
        "rates", "economics", TIGHT, (20, 45), 0.8,
        ("Will the central bank lower its policy rate before {date}?",
         "Will the central bank leave its policy rate unchanged until {date}?"),
    ),
    Slot(
        "bitcoin", "crypto", TIGHT, (10, 40), 1.0,
        ("Will Bitcoin trade above its present record before {date}?",
         "Will Bitcoin close {date} higher than it opened the month?"),
    ),
    Slot(
        "league", "sports", TIGHT, (30, 90), 0.9,
        ("Will the current leader win the league title by {date}?",
         "Will the defending champion reach the final before {date}?"),
    ),
    Slot(
        "coalition", "politics", TIGHT, (30, 75), 0.9,
        ("Will the coalition agree on a new prime minister by {date}?",
         "Will the governing coalition lose a confidence vote by {date}?"),
    ),
    Slot(
        "ether", "crypto", NORMAL, (7, 30), 1.0,
        ("Will Ether outperform Bitcoin until {date}?",
         "Will the next Ethereum upgrade go live by {date}?"),
    ),
    Slot(
        "inflation", "economics", NORMAL, (14, 35), 0.8,
        ("Will headline inflation come in below the consensus on {date}?",
         "Will core inflation fall again in the release of {date}?"),
    ),
    Slot(
        "chips", "tech", NORMAL, (20, 60), 0.9,
        ("Will a new flagship accelerator ship to customers by {date}?",
         "Will the largest foundry raise its guidance by {date}?"),
    ),
    Slot(
        "model", "tech", NORMAL, (14, 45), 1.0,
        ("Will a new model top the public leaderboard by {date}?",
         "Will an open-weights model lead the coding benchmark by {date}?"),
    ),
    Slot(
        "merger", "finance", NORMAL, (30, 100), 0.8,
        ("Will the announced airline merger be cleared by {date}?",
         "Will the retail takeover close by {date}?"),
    ),
    Slot(
        "film", "culture", NORMAL, (10, 40), 0.9,
        ("Will the sequel lead the box office on the weekend of {date}?",
         "Will the festival winner be nominated for best picture by {date}?"),
    ),
    Slot(
        "treaty", "geopolitics", NORMAL, (30, 90), 0.8,
        ("Will the trade treaty be ratified by {date}?",
         "Will the ceasefire talks produce a signed text by {date}?"),
    ),
    Slot(
        "storm", "weather", WIDE, (7, 25), 1.0,
        ("Will a named storm make landfall before {date}?",
         "Will the capital see a record temperature before {date}?"),
    ),
    Slot(
        "album", "culture", WIDE, (14, 50), 0.9,
        ("Will the album be number one in the week of {date}?",
         "Will the tour be extended by {date}?"),
    ),
    Slot(
        "listing", "finance", WIDE, (30, 90), 0.9,
        ("Will the payments company list its shares by {date}?",
         "Will the index provider add the company by {date}?"),
    ),
    Slot(
        "cup", "sports", WIDE, (10, 30), 1.0,
        ("Will the underdog win the cup tie before {date}?",
         "Will the national team qualify by {date}?"),
    ),
    Slot(
        "launch", "tech", WIDE, (14, 60), 0.9,
        ("Will the heavy rocket reach orbit by {date}?",
         "Will the lunar lander touch down by {date}?"),
    ),
    Slot(
        "referendum", "politics", THIN, (20, 70), 0.9,
        ("Will the referendum be held before {date}?",
         "Will the constitutional court allow the petition by {date}?"),
    ),
    Slot(
        "gold", "finance", FINE, (14, 45), 0.9,
        ("Will gold close above its record before {date}?",
         "Will gold close {date} higher than it opened the month?"),
    ),
    Slot(
        "turnout", "mentions", FINE, (10, 35), 0.8,
        ("Will the opening speech mention artificial intelligence by {date}?",
         "Will the finance minister mention a new tax by {date}?"),
    ),
)  # fmt: skip
"""Twenty slots: five tight, seven normal, five wide, one thin, two on the fine grid."""
