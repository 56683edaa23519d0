"""Sentiment of a story and its stance toward a question (STRATEGIES.md F.2).

Sentiment is not P(YES): good news about X is bad for "Will X lose?"; the stance decides the sign.
"""

import re
from collections.abc import Sequence
from typing import Protocol

from streams.logit import clip
from streams.news_text import first_sentences, words_of
from streams.news_words import NewsWords

TITLE_WEIGHT = 0.7
NUMERIC = re.compile(
    r"\$|\b(?:above|below|over|under|reach|reaches|exceed|exceeds|hit|hits|between|at least"
    r"|more than|less than|fewer than|higher than|lower than)\b[^?]{0,24}\d"
)
NEGATIONS = (
    "not",
    "never",
    "no",
    "fail",
    "fails",
    "failed",
    "refuse",
    "refuses",
    "wont",
    "without",
)
NEAR = 2
"""A negation turns a verb at most so many words behind it."""


class Analyzer(Protocol):
    """A lexicon scorer such as VADER."""

    def polarity_scores(self, text: str) -> dict[str, float]:
        """Scores of a text; "compound" lies in −1 to 1."""


class Scorer:
    """VADER with a domain overlay, denials and modality."""

    def __init__(self, analyzer: Analyzer, words: NewsWords) -> None:
        """Use an analyzer whose lexicon already holds `words.valence`.

        Args:
            analyzer: Scores plain text.
            words: Denials and modal words.
        """
        self._analyzer = analyzer
        self._words = words

    def sentiment(self, headline: str, body: str) -> float:
        """Sentiment s in −1 to 1: the title with weight 0.7, the first two sentences with 0.3."""
        title = self._score(headline)
        opening = first_sentences(body)
        if not opening:
            return title
        mixed = TITLE_WEIGHT * title + (1.0 - TITLE_WEIGHT) * self._score(opening)
        return clip(mixed, -1.0, 1.0)

    def _score(self, text: str) -> float:
        score = self._analyzer.polarity_scores(text)["compound"]
        plain = text.casefold()
        if self._words.denial.search(plain):
            score = -score / 2.0
        return score / 2.0 if self._words.modal.search(plain) else score


def stance(question: str, headline: str, words: NewsWords) -> int:
    """g: 1 when the news is of the question's verb class, −1 of the opposite one, else 0.

    The question's subject, the words between "will" and its verb, must be named in the headline:
    that Y wins says nothing about "Will X win?". Numeric questions are out of scope.
    """
    asked = words_of(question, words.aliases)
    if NUMERIC.search(question.casefold()):
        return 0
    verb = _verb(asked, words)
    if verb is None:
        return 0
    position, number, side = verb
    told = words_of(headline, words.aliases)
    start = asked.index("will") + 1 if "will" in asked else 0
    subject = [word for word in asked[start:position] if word not in words.english]
    if subject and not any(word in told for word in subject):
        return 0
    denied = -1 if words.denial.search(headline.casefold()) else 1
    sides = {
        found * _turn(told, index) * denied
        for index, word in enumerate(told)
        for group, found in (words.poles.get(word, (-1, 0)),)
        if group == number
    }
    if len(sides) != 1:
        return 0
    return sides.pop() * side


def _verb(asked: Sequence[str], words: NewsWords) -> tuple[int, int, int] | None:
    """Place, class and side of the first verb that is known; behind "will" where there is one."""
    start = asked.index("will") + 1 if "will" in asked else 0
    for index in range(start, len(asked)):
        pole = words.poles.get(asked[index])
        if pole is not None:
            return index, pole[0], pole[1] * _turn(asked, index)
    return None


def _turn(words: Sequence[str], index: int) -> int:
    """−1 where a negation stands right before a word, else 1."""
    before = words[max(0, index - NEAR) : index]
    return -1 if sum(word in NEGATIONS for word in before) % 2 else 1
