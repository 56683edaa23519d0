"""The words that news is read with: data, versioned in the bot's YAML file."""

import re
from collections.abc import Mapping
from functools import cached_property

import msgspec


class NewsWords(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Words, all in lower case.

    Attributes:
        valence: Added to the sentiment lexicon, −4 to 4.
        opposites: Pairs of verb classes; a word of one side speaks against the other.
        denials: Phrases that take a statement back.
        modals: Words that make it uncertain.
        corrections: Phrases in a title that take an earlier story back.
        aliases: Short names written out.
        english: Stop words of English.
        foreign: Stop words of other languages.
    """

    valence: Mapping[str, float]
    opposites: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    denials: tuple[str, ...]
    modals: tuple[str, ...]
    corrections: tuple[str, ...]
    aliases: Mapping[str, str]
    english: tuple[str, ...]
    foreign: tuple[str, ...]

    @cached_property
    def poles(self) -> Mapping[str, tuple[int, int]]:
        """Class number and side, 1 or −1, of every verb."""
        return {
            word: (number, side)
            for number, pair in enumerate(self.opposites)
            for side, words in zip((1, -1), pair, strict=True)
            for word in words
        }

    @cached_property
    def denial(self) -> re.Pattern[str]:
        """Finds a denial in a text in lower case."""
        return _any_of(self.denials)

    @cached_property
    def modal(self) -> re.Pattern[str]:
        """Finds a modal word."""
        return _any_of(self.modals)

    @cached_property
    def correction(self) -> re.Pattern[str]:
        """Finds a correction or retraction in a title."""
        return re.compile("|".join(re.escape(phrase) for phrase in self.corrections))


def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(re.escape(phrase) for phrase in phrases)})\b")
