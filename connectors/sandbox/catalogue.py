"""The large world's questions: a few hundred places, made of lists of generic names.

Names belong to nobody. Each family gives some of the ten bots their work: drafts and verdicts move
with news (4), forecasts lie far ahead and have outside estimates (10), crowds overshoot (7), tails
are thin and wide (8), contests exclude each other (6), and their markets share factors (6c). Pairs
(1), quotes (5) and other people's trades (3) are found everywhere; matches (2) stand in
`connectors.sandbox.games`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice

from connectors.sandbox.questions import LONG, QUIET, SLOTS, TAIL, Liveliness, Slot

COUNTRIES = (
    "Ardenia", "Belmora", "Corvania", "Dalmere", "Estovia", "Farland", "Galdora", "Hestia",
    "Istmark", "Jorland", "Kestria", "Lorvana",
)  # fmt: skip
ACTS = tuple(
    f"{first}{last}"
    for last in ("brook", "field", "ford", "gate", "wick")
    for first in ("Ash", "Birch", "Cedar", "Dawn", "Elder", "Fern", "Gale", "Heath")
)
"""Each names one bill, so that a story about it can be told from all others."""
COMPANIES = tuple(
    f"{first}{last}"
    for last in ("vex", "well", "mark")
    for first in (
        "Alta", "Bright", "Cind", "Dover", "Elm", "Grav", "Halcy", "Inver", "Juve", "Kel", "Luma",
        "Mero",
    )
)  # fmt: skip
PEOPLE = ("Marlow", "Quill", "Sandoval", "Tervo", "Ulrich", "Vasquez", "Weller", "Yamada")


@dataclass(frozen=True, slots=True)
class Ballot:
    """A place that always holds one event with several outcomes, of which one comes true.

    Attributes:
        key: Names the place in derived ids.
        title: The event; `{date}` is the planned end.
        outcomes: Short names of the outcomes.
        question: Asked of each of them.
    """

    key: str
    category: str
    title: str
    question: str
    outcomes: tuple[str, ...]
    days: tuple[int, int] = (20, 70)
    spread: float = 1.0
    liveliness: Liveliness = QUIET


def _drafts() -> Iterator[Slot]:
    """Bills and regulators: quiet until news comes, which comes often."""
    pairs = zip(cycle(COUNTRIES), ACTS, strict=False)
    for number, (country, act) in enumerate(pairs):
        bill = f"{act} Act"
        yield Slot(
            f"draft-{number}", "politics", QUIET, (8, 40), 0.8,
            (f"Will the {country} Senate approve the {bill} by {{date}}?",
             f"Will the {country} president sign the {bill} by {{date}}?"),
            ((f"{country} Senate leaders approve the {bill} in committee",
              f"{country} Senate majority rejects the {bill}"),
             (f"{country} president will sign the {bill}, aides confirm",
              f"{country} president vetoes the {bill}")),
            subjects=("policy", country.lower()), level=-0.9, jumps_per_day=2.5, halves=0.03,
        )  # fmt: skip


def _verdicts() -> Iterator[Slot]:
    """Company affairs."""
    for number, company in enumerate(COMPANIES):
        other = COMPANIES[(number + 5) % len(COMPANIES)]
        yield Slot(
            f"verdict-{number}", ("finance", "tech")[number % 2], QUIET, (10, 50), 0.9,
            (f"Will regulators approve the {company} takeover of {other} by {{date}}?",
             f"Will {company} win the patent trial against {other} by {{date}}?"),
            ((f"Regulators approve the {company} takeover of {other}",
              f"Regulators block the {company} takeover of {other}"),
             (f"{company} wins a ruling in the patent trial against {other}",
              f"{company} loses a ruling in the patent trial against {other}")),
            subjects=("business", company.lower()), level=-0.7, jumps_per_day=2.0, halves=0.02,
            version="v2" if number % 12 == 0 else "v1",
        )  # fmt: skip


def _forecasts() -> Iterator[Slot]:
    """Far ahead, with outside estimates that do not always agree with the market."""
    for number, country in enumerate(islice(cycle(COUNTRIES), 30)):
        rate = 2 + number % 4
        yield Slot(
            f"forecast-{number}", ("economics", "politics")[number % 2], LONG, (150, 320), 0.7,
            (f"Will the {country} central bank cut its rate below {rate} percent by {{date}}?",
             f"Will {country} hold a general election before {{date}}?"),
            ((f"{country} central bank cuts its rate again",
              f"{country} central bank rules out a rate cut"),
             (f"{country} parties agree to hold a general election",
              f"{country} government rejects a general election")),
            subjects=("macro", country.lower()), level=-0.6, jumps_per_day=0.1,
            factor="growth", loading=0.35, estimates=True, reward=5,
        )  # fmt: skip


def _crowds() -> Iterator[Slot]:
    """Entertainment that the crowd gets wrong for some hours and then corrects."""
    for number, person in enumerate(islice(cycle(PEOPLE), 30)):
        yield Slot(
            f"crowd-{number}", ("culture", "mentions")[number % 2], QUIET, (12, 45), 0.4,
            (f"Will the {person} album number {number + 1} lead the chart by {{date}}?",
             f"Will {person} be nominated for award {number + 1} by {{date}}?"),
            subjects=("entertainment", person.lower()), jumps_per_day=0.0, mood=0.9,
            factor="fashion", loading=0.4,
        )  # fmt: skip


def _tails() -> Iterator[Slot]:
    """Unlikely things that hardly anybody trades."""
    for number, country in enumerate(islice(cycle(COUNTRIES), 60)):
        person = PEOPLE[number % len(PEOPLE)]
        yield Slot(
            f"tail-{number}", ("politics", "other", "weather")[number % 3], TAIL, (20, 120), 0.6,
            (f"Will {person} become prime minister of {country} by {{date}}?",
             f"Will {country} record {30 + number % 20} storm days by {{date}}?"),
            subjects=("longshot",), level=-1.9, jumps_per_day=0.05, halves=0.01,
        )  # fmt: skip


def _ballots() -> Iterator[Ballot]:
    for number in range(12):
        country = COUNTRIES[number]
        names = tuple(PEOPLE[(number + step) % len(PEOPLE)] for step in range(3 + number % 4))
        yield Ballot(
            key=f"ballot-{number}",
            category="politics",
            title=f"Who will lead the {country} government after {{date}}?",
            question=f"Will {{outcome}} lead the {country} government after {{date}}?",
            outcomes=names,
        )


QUIET_SLOTS: tuple[Slot, ...] = (
    *_drafts(),
    *_verdicts(),
    *_forecasts(),
    *_crowds(),
    *_tails(),
)
"""Places of single questions that see an action a minute or so."""
LARGE_SLOTS: tuple[Slot, ...] = (*SLOTS, *QUIET_SLOTS)
"""Places of single questions, the small world's first."""
BALLOTS: tuple[Ballot, ...] = tuple(_ballots())
"""Places of events with several outcomes."""
