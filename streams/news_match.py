"""Which markets a story is about: entity gate, BM25, re-ranking (STRATEGIES.md F.3).

The index is kept as markets come and go, so BM25 (Lucene's rarity, times k1 + 1 as in the textbook)
is computed from counts that are brought up to date, and not from a matrix that is built anew.
"""

from collections import Counter
from collections.abc import Mapping
from math import log
from typing import NamedTuple

from rapidfuzz.fuzz import token_set_ratio

from schemas.ids import MarketId
from streams.news_text import words_of
from streams.news_words import NewsWords

K1 = 1.5
B = 0.75
CANDIDATES = 20
ACCEPT = 0.55
MOST = 3
DISTINCTIVE = 0.01
"""A word is distinctive in less than this share of the questions."""
FULL_SCORE = 8.0
"""A BM25 score from which the best match counts fully."""


class Entry(NamedTuple):
    """One market of the index.

    Attributes:
        text: Question and entities in normal form.
        counts: How often each word stands in it.
        length: Words.
        resolves_at: Deadline, ms; None where unknown.
    """

    text: str
    counts: Mapping[str, int]
    length: int
    resolves_at: int | None


class Match(NamedTuple):
    """A market a story is about, and how relevant the story is to it, 0 to 1."""

    market_id: MarketId
    relevance: float


class MarketIndex:
    """Questions by their words."""

    def __init__(self, words: NewsWords) -> None:
        """Start empty.

        Args:
            words: Aliases and stop words.
        """
        self._words = words
        self._entries: dict[MarketId, Entry] = {}
        self._frequency: Counter[str] = Counter()
        self._length = 0

    def add(self, market_id: MarketId, text: str, resolves_at: int | None) -> None:
        """Take a market in, or its new wording."""
        self.remove(market_id)
        words = words_of(text, self._words.aliases)
        entry = Entry(" ".join(words), Counter(words), len(words), resolves_at)
        self._entries[market_id] = entry
        self._frequency.update(entry.counts.keys())
        self._length += entry.length

    def remove(self, market_id: MarketId) -> None:
        """Drop a market."""
        entry = self._entries.pop(market_id, None)
        if entry is not None:
            self._frequency.subtract(entry.counts.keys())
            self._frequency += Counter()
            self._length -= entry.length

    def match(self, headline: str, body: str, published_at: int) -> tuple[Match, ...]:
        """At most three markets with relevance from 0.55 on, best first.

        Args:
            headline: The title counts for the string ratio too.
            body: Its first sentences.
            published_at: A question whose deadline lies before it is passed over, ms.
        """
        title = words_of(headline, self._words.aliases)
        query = dict.fromkeys((*title, *words_of(body, self._words.aliases)))
        entities = [word for word in query if self.is_distinctive(word)]
        scored = [
            (self._bm25(query, entry), market_id)
            for market_id, entry in self._entries.items()
            if any(word in entry.counts for word in entities)
            and (entry.resolves_at is None or entry.resolves_at > published_at)
        ]
        scored = sorted(scored, key=lambda pair: (-pair[0], pair[1]))[:CANDIDATES]
        if not scored or scored[0][0] <= 0.0:
            return ()
        best = scored[0][0]
        found = [
            Match(market_id, self._relevance(score, best, " ".join(title), entities, market_id))
            for score, market_id in scored
        ]
        accepted = [each for each in found if each.relevance >= ACCEPT]
        return tuple(sorted(accepted, key=lambda each: (-each.relevance, each.market_id))[:MOST])

    def is_distinctive(self, word: str) -> bool:
        """Whether a word stands in few questions, at least in one; small corpora allow one each."""
        if word in self._words.english or word in self._words.poles or not word[0].isalnum():
            return False
        count = self._frequency.get(word, 0)
        return count > 0 and (count == 1 or count < DISTINCTIVE * len(self._entries))

    def bm25(self, text: str, market_id: MarketId) -> float:
        """The BM25 score of a text for one market."""
        return self._bm25(
            dict.fromkeys(words_of(text, self._words.aliases)), self._entries[market_id]
        )

    def _bm25(self, query: Mapping[str, None], entry: Entry) -> float:
        count = len(self._entries)
        mean = self._length / count if count else 1.0
        total = 0.0
        for word in query:
            times = entry.counts.get(word, 0)
            if times:
                held = self._frequency[word]
                rarity = log(1.0 + (count - held + 0.5) / (held + 0.5))
                scale = K1 * (1.0 - B + B * entry.length / mean)
                total += rarity * times * (K1 + 1.0) / (times + scale)
        return total

    def _relevance(
        self, score: float, best: float, title: str, entities: list[str], market_id: MarketId
    ) -> float:
        """`0.5·BM25/top·min(1, top/8) + 0.3·token_set_ratio/100 + 0.2·entity Jaccard`."""
        entry = self._entries[market_id]
        own = {word for word in entry.counts if self.is_distinctive(word)}
        named = set(entities)
        together = len(named | own)
        jaccard = len(named & own) / together if together else 0.0
        ratio = float(token_set_ratio(title, entry.text)) / 100.0
        return 0.5 * score / best * min(1.0, best / FULL_SCORE) + 0.3 * ratio + 0.2 * jaccard
