"""Text of news and questions: normal form, words, sentences, likeness (STRATEGIES.md F.2 to F.4).

Offline and the same everywhere: no model, no random hash.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from hashlib import blake2b
from urllib.parse import urlsplit

SHINGLE = 3
SIMHASH_BITS = 64
_APOSTROPHES = re.compile(r"['’‘`]")
_NOT_WORD = re.compile(r"[^\w%$]+", re.UNICODE)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def normalise(text: str, aliases: Mapping[str, str]) -> str:
    """NFKC, casefolded, without punctuation, with aliases written out.

    Args:
        text: Any.
        aliases: Normal forms by word or phrase, both in lower case, e.g. "fed": "federal reserve".
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = _NOT_WORD.sub(" ", _APOSTROPHES.sub("", folded)).split()
    plain = f" {' '.join(words)} "
    for short, full in aliases.items():
        if f" {full} " not in plain:
            plain = plain.replace(f" {short} ", f" {full} ")
    return plain.strip()


def words_of(text: str, aliases: Mapping[str, str]) -> tuple[str, ...]:
    """The words of a text in normal form."""
    return tuple(normalise(text, aliases).split())


def first_sentences(text: str, count: int = 2) -> str:
    """The first sentences of a text."""
    return " ".join(_SENTENCE_END.split(text.strip())[:count])


def is_english(words: Sequence[str], english: Collection[str], other: Collection[str]) -> bool:
    """Vote by stop words; a tie is English, for headlines often have none.

    Args:
        words: Of the text.
        english: Stop words of English.
        other: Stop words of other languages, none of them an English word.
    """
    ours = sum(word in english for word in words)
    theirs = sum(word in other for word in words)
    return ours >= theirs


def canonical_url(url: str) -> str:
    """Host and path without scheme, "www.", query, fragment and trailing slash; empty for none."""
    parts = urlsplit(url.strip())
    host = parts.netloc.casefold().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}" if host else ""


def simhash(words: Sequence[str]) -> int:
    """64-bit SimHash of 3-word shingles; near texts differ in few bits."""
    size = min(SHINGLE, len(words))
    votes = [0] * SIMHASH_BITS
    for start in range(len(words) - size + 1 if size else 0):
        shingle = " ".join(words[start : start + size]).encode()
        digest = int.from_bytes(blake2b(shingle, digest_size=8).digest(), "big")
        for bit in range(SIMHASH_BITS):
            votes[bit] += 1 if digest >> bit & 1 else -1
    return sum(1 << bit for bit, vote in enumerate(votes) if vote > 0)


def distance(one: int, other: int) -> int:
    """Hamming distance of two SimHashes."""
    return (one ^ other).bit_count()
