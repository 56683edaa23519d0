"""News of the simulated world: what happened, told by several outlets with their delays.

A story comes from a sudden move of a market's fair value, at the moment of the move, before makers
have learned of it. Outlets repeat it in their own words; some publish things that move nothing.
"""

from random import Random
from typing import NamedTuple

from connectors.sandbox.identity import digest, seed_number
from connectors.sandbox.latent import Jump
from connectors.sandbox.market import MarketSpec

KEPT = 3_000
"""So many stories stay readable."""
MOST_READERS = 4
"""So many readers of a story trade at most."""
READING_MS = 30_000
"""Mean time from a story to a reader's trade."""


class Outlet(NamedTuple):
    """Who publishes.

    Attributes:
        name: Its id, part of the feed's path.
        title: Its name.
        kind: `wire`, `major`, `aggregator` or `social`.
        delay_ms: Shortest and longest time after the event.
        share: How many of the events it tells of.
        form: How it words a headline.
    """

    name: str
    title: str
    kind: str
    delay_ms: tuple[int, int]
    share: float
    form: str


OUTLETS = (
    Outlet("sandbox-wire", "Sandbox Wire", "wire", (200, 1_500), 1.0, "{headline}"),
    Outlet("daily-sandbox", "The Daily Sandbox", "major", (5_000, 25_000), 0.6, "{headline}"),
    Outlet("aggregata", "Aggregata", "aggregator", (20_000, 60_000), 0.5, "{headline} - report"),
    Outlet("chirp", "Chirp", "social", (500, 30_000), 0.5, "{headline}"),
)


class Story(NamedTuple):
    """One published item.

    Attributes:
        at_ms: Publication, ms UTC.
        condition_id: The market it is about; no outlet says so.
    """

    at_ms: int
    story_id: str
    outlet: Outlet
    headline: str
    body: str
    condition_id: str

    @property
    def url(self) -> str:
        """Where it stands; outlets have addresses that lead nowhere."""
        return f"https://{self.outlet.name}.example/{self.story_id}"


class Wire:
    """All stories of this run, oldest first.

    Attributes:
        stories: Published ones.
        count: How many were published in all.
    """

    def __init__(self) -> None:
        self.stories: list[Story] = []
        self.count = 0

    def publish(self, story: Story) -> None:
        """Make a story readable."""
        self.stories.append(story)
        self.count += 1
        if len(self.stories) > 2 * KEPT:
            self.stories = self.stories[-KEPT:]

    def since(self, count: int) -> list[Story]:
        """What was published after the first `count` stories."""
        new = self.count - count
        return self.stories[-new:] if new else []


def readers(story: Story) -> list[int]:
    """When readers of a story trade, ms after it; they are of every opinion."""
    rng = Random(seed_number("readers", story.story_id))
    return [round(rng.expovariate(1 / READING_MS)) for _ in range(rng.randint(0, MOST_READERS))]


def told(spec: MarketSpec, jump: Jump, headlines: tuple[str, str]) -> list[Story]:
    """What the outlets publish about one jump.

    Args:
        spec: The market.
        jump: Its move.
        headlines: Wordings of a move up and of one down.
    """
    rng = Random(seed_number("story", spec.condition_id, jump.at_ms))
    headline = headlines[0] if jump.size > 0 else headlines[1]
    if not jump.decides and rng.random() < 0.3:
        headline = f"{headline}, sources say"
    stories = []
    for outlet in OUTLETS:
        if rng.random() >= outlet.share:
            continue
        at_ms = jump.at_ms + rng.randint(*outlet.delay_ms)
        body = (
            f"SIMULATED. {headline}, according to {outlet.title}. "
            f"The report concerns the question: {spec.question}"
        )
        stories.append(
            Story(
                at_ms,
                digest("story", spec.condition_id, jump.at_ms, outlet.name)[:16],
                outlet,
                outlet.form.format(headline=headline),
                body,
                spec.condition_id,
            )
        )
    return stories
