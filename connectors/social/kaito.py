"""Kaito: `GET /api/v1/mindshare`, the share of attention that a subject gets, key in `x-api-key`.

The form is that of Kaito's public description: `{"mindshare": {"2026-11-28": 0.031, …}}`, a share
of all crypto attention a day. Nobody without a paid key can check it; a different answer is refused
in a sentence and publishes nothing.
"""

from collections.abc import Mapping, Sequence

import msgspec

from connectors.feeds.feed import Feed, Request, decode, head, millis
from schemas.envelope import Message
from schemas.ids import MarketId
from schemas.outside import AttentionScore
from topics.catalog import ATTENTION

PERCENT = 100.0


class _Answer(msgspec.Struct):
    mindshare: dict[str, float]


class KaitoFeed(Feed):
    """Attention of the subjects that an operator has linked to markets."""

    name = "kaito"
    topic = ATTENTION

    def __init__(self, base: str, key: str, subjects: Mapping[str, str], every_s: float) -> None:
        """Name it.

        Args:
            base: The host, e.g. `https://api.kaito.ai`.
            key: API key.
            subjects: Market id by Kaito's subject, e.g. "BTC".
            every_s: Session seconds between two looks.
        """
        self.every_s = every_s
        self._url = f"{base.rstrip('/')}/api/v1/mindshare"
        self._headers = {"x-api-key": key}
        self._subjects = subjects

    def requests(self, now: int) -> Sequence[Request]:
        """One a subject."""
        return tuple(
            Request(self._url, {"token": subject}, self._headers, subject)
            for subject in self._subjects
        )

    def parse(self, request: Request, body: bytes, now: int) -> list[Message]:
        """The newest day's share, 0 to 100."""
        shares = decode(body, _Answer, self.name).mindshare
        if not shares:
            return []
        day = max(shares)
        return [
            AttentionScore(
                **head(self.name, now, millis(day, self.name), request.subject, str(shares[day])),
                market_id=MarketId(self._subjects[request.subject]),
                score=shares[day] * PERCENT,
                origin=self.name,
            )
        ]
