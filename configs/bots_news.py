"""Parameters of bot 4, news, and the words that it reads with (STRATEGIES.md D.4, F)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from configs.bots import broken_rule
from configs.bots_directional import DirectionalParameters
from configs.rules import Strict
from schemas.outside import Outlet
from streams.news_words import NewsWords

Word = Annotated[str, Field(min_length=1, pattern=r"^[^A-Z]+$")]
"""Lower case: texts are compared in lower case."""
Words = tuple[Word, ...]
Weight = Annotated[float, Field(ge=0, le=1)]


class SourceWeights(Strict):
    """w by the kind of source."""

    wire: Weight
    major: Weight
    aggregator: Weight
    social: Weight

    def of(self, kind: Outlet) -> float:
        """The weight of a kind of source."""
        return float(getattr(self, kind.value))


class Vocabulary(Strict):
    """The words, as the file groups them.

    Attributes:
        valence: Words by the score they get in the sentiment lexicon, −4 to 4.
        opposites: Pairs of verb classes.
        denials: Phrases that take a statement back.
        modals: Words that make it uncertain.
        corrections: Phrases in a title that take an earlier story back.
        aliases: Short names and what they stand for.
        english: Stop words of English.
        foreign: Stop words of other languages.
    """

    valence: dict[Annotated[int, Field(ge=-4, le=4)], Words]
    opposites: tuple[tuple[Words, Words], ...] = Field(min_length=1)
    denials: Words = Field(min_length=1)
    modals: Words = Field(min_length=1)
    corrections: Words = Field(min_length=1)
    aliases: dict[Word, Word]
    english: Words = Field(min_length=1)
    foreign: Words

    @model_validator(mode="after")
    def _check_classes(self) -> Self:
        for words, key in ((self._scored(), "valence"), (self._verbs(), "opposites")):
            seen: set[str] = set()
            for word in words:
                if word in seen:
                    raise broken_rule(
                        key, f"{word!r} stands twice in {key}. Keep one: it decides the sign."
                    )
                seen.add(word)
        return self

    def words(self) -> NewsWords:
        """As the folds use them."""
        return NewsWords(
            valence={word: float(v) for v, words in self.valence.items() for word in words},
            opposites=self.opposites,
            denials=self.denials,
            modals=self.modals,
            corrections=self.corrections,
            aliases=dict(self.aliases),
            english=self.english,
            foreign=self.foreign,
        )

    def _scored(self) -> Iterator[str]:
        return (word for words in self.valence.values() for word in words)

    def _verbs(self) -> Iterator[str]:
        return (word for pair in self.opposites for words in pair for word in words)


class NewsParameters(DirectionalParameters):
    """Bot 4, news (STRATEGIES.md D.4).

    Attributes:
        beta: Logit units per unit of `g·s·r·w`.
        min_conf: Least confidence.
        consumed_max: From this part of the move on it is too late.
        consumed_min: At or below it the market moved the other way.
        max_latency_s: From receipt to order.
        hold_h: Hours a position is held, at confidence 0 and 1.
        exit_margin: A position is left so near to the fair value, dollars.
        sigma: Standard error of the fair value.
        market_pause_h: One position per market in so many hours.
        max_age_s: An older item, or one from the future, is dropped.
        duplicate_h: Hours in which a near copy is a duplicate.
        duplicate_bits: SimHash bits in which a near copy may differ.
        confirm_min: Minutes in which a second story of the same sign confirms the first.
        confirm_weight: What a confirmation adds to the weight.
        weights: w by the kind of source.
        vocabulary: The words.
    """

    beta: float = Field(gt=0)
    min_conf: float = Field(gt=0, le=1)
    consumed_max: float = Field(gt=0, le=1)
    consumed_min: float = Field(ge=-1, lt=0)
    max_latency_s: int = Field(gt=0)
    hold_h: tuple[float, float]
    exit_margin: Decimal = Field(ge=0, lt=1)
    sigma: float = Field(gt=0, lt=1)
    market_pause_h: float = Field(ge=0)
    max_age_s: int = Field(gt=0)
    duplicate_h: float = Field(gt=0)
    duplicate_bits: int = Field(ge=0, le=16)
    confirm_min: float = Field(ge=0)
    confirm_weight: float = Field(ge=0, le=1)
    weights: SourceWeights
    vocabulary: Vocabulary

    @model_validator(mode="after")
    def _check_hold(self) -> Self:
        low, high = self.hold_h
        if not 0 < low <= high:
            raise broken_rule("hold_h", f"hold_h must be two rising hours, received {low}, {high}.")
        return self
