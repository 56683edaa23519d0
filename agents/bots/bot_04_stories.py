"""What bot 4 remembers of stories, and which of them are none (STRATEGIES.md F.4)."""

import msgspec

from configs.bots_news import NewsParameters
from schemas.outside import NewsItem
from streams.news_text import (
    canonical_url,
    distance,
    first_sentences,
    is_english,
    simhash,
    words_of,
)
from streams.news_words import NewsWords

HOUR_MS = 3_600_000


class Story(msgspec.Struct, frozen=True, array_like=True):
    """One story that was read.

    Attributes:
        at: When it was received, ms.
        key: Source and its id.
        url: Canonical, empty where there is none.
        simhash: Of title and first paragraph.
    """

    at: int
    key: str
    url: str
    simhash: int


class Reader:
    """Reads items and says which are worth a look."""

    def __init__(self, parameters: NewsParameters, words: NewsWords) -> None:
        """Read with these words.

        Args:
            parameters: Ages and distances.
            words: Stop words and corrections.
        """
        self._parameters = parameters
        self._words = words

    def is_correction(self, item: NewsItem) -> bool:
        """Whether the title takes an earlier story back."""
        return bool(self._words.correction.search(item.headline.casefold()))

    def refusal(self, stories: list[Story], item: NewsItem) -> str:
        """Why an item is not read, a stable word; an item that is read is remembered.

        Args:
            stories: Read before, oldest first; changed.
            item: What came; its `ingest_time` is the time of receipt.
        """
        received, age_ms = item.ingest_time, item.ingest_time - item.event_time
        if age_ms < 0:
            return "from-the-future"
        if age_ms > self._parameters.max_age_s * 1000:
            return "too-old"
        words = words_of(item.headline, self._words.aliases)
        if not is_english(words, self._words.english, self._words.foreign):
            return "not-english"
        oldest = received - int(self._parameters.duplicate_h * HOUR_MS)
        while stories and stories[0].at < oldest:
            del stories[0]
        story = self._story(item)
        if any(self._is_same(story, known) for known in stories):
            return "duplicate"
        stories.append(story)
        return ""

    def _story(self, item: NewsItem) -> Story:
        text = f"{item.headline} {first_sentences(item.body)}"
        return Story(
            item.ingest_time,
            f"{item.outlet} {item.item_id}",
            canonical_url(item.url),
            simhash(words_of(text, self._words.aliases)),
        )

    def _is_same(self, one: Story, other: Story) -> bool:
        if one.key == other.key or (one.url and one.url == other.url):
            return True
        return distance(one.simhash, other.simhash) <= self._parameters.duplicate_bits
