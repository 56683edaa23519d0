"""How confident a story is of the markets it names, for a bot that stays away (D.4, D.7)."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from configs.bots_news import NewsParameters
from schemas.ids import MarketId
from schemas.market import Market
from schemas.outside import NewsItem
from streams.news_match import MarketIndex
from streams.news_score import Analyzer, Scorer
from streams.news_text import first_sentences


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """What a market asks, with the names it is about."""

    text: str
    resolves_at: int | None


def asked(market: Market) -> Asked:
    """What a market is found by."""
    return Asked(" ".join((market.question, *market.entities)), market.resolves_at)


class Mention(NamedTuple):
    """A market that a story is about, and `conf = min(|s|·r·w, 1)`."""

    market_id: MarketId
    confidence: float


class NewsSense:
    """Reads stories with bot 4's words; keeps nothing that a snapshot would miss."""

    def __init__(self, parameters: NewsParameters, analyzer: Analyzer) -> None:
        """Read with these words.

        Args:
            parameters: Bot 4's.
            analyzer: Its lexicon.
        """
        self._weights = parameters.weights
        self._words = parameters.vocabulary.words()
        self._scorer = Scorer(analyzer, self._words)
        self._index = MarketIndex(self._words)
        self._indexed: Mapping[MarketId, Asked] | None = None

    def mentions(self, item: NewsItem, known: Mapping[MarketId, Asked]) -> Iterator[Mention]:
        """Markets that a story is about.

        Args:
            item: The story.
            known: Every market that may be meant; the index is made anew for another mapping.
        """
        if self._indexed is not known:
            self._index, self._indexed = MarketIndex(self._words), known
            for market_id, each in known.items():
                self._index.add(market_id, each.text, each.resolves_at)
        strength = abs(self._scorer.sentiment(item.headline, item.body))
        strength *= self._weights.of(item.kind)
        body = first_sentences(item.body)
        for match in self._index.match(item.headline, body, item.event_time):
            yield Mention(match.market_id, min(strength * match.relevance, 1.0))

    def add(self, market_id: MarketId, each: Asked, known: Mapping[MarketId, Asked]) -> None:
        """A market was added to `known`."""
        if self._indexed is known:
            self._index.add(market_id, each.text, each.resolves_at)

    def remove(self, market_id: MarketId, known: Mapping[MarketId, Asked]) -> None:
        """A market was taken out of `known`."""
        if self._indexed is known:
            self._index.remove(market_id)
