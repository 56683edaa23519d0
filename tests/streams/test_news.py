"""Reading news offline: vectors of STRATEGIES.md D.4 and F, and what holds for any text."""

import bm25s
import pytest
from hypothesis import given
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from schemas.ids import MarketId
from schemas.values import Side
from streams.mids import Mids
from streams.news_match import K1, MarketIndex
from streams.news_score import stance
from streams.news_signal import hold_hours, news_signal
from streams.news_text import (
    canonical_url,
    distance,
    first_sentences,
    is_english,
    normalise,
    simhash,
    words_of,
)
from tests.streams.news_words import SCORER, WORDS

TEXTS = st.text("abcdefgh ", max_size=60)
QUESTIONS = {
    MarketId("0xfed"): "Will the Federal Reserve cut rates in September?",
    MarketId("0xiowa"): "Will Harlan Voss win the Iowa primary?",
    MarketId("0xetf"): "Will the Solana ETF be approved by the SEC by June 30?",
    MarketId("0xbtc"): "Will Bitcoin be above $100k on December 31?",
    MarketId("0xmerger"): "Will the Kroger Albertsons merger be blocked?",
    **{
        MarketId(f"0x{n}"): f"Will team number{n} finish the season{n} in place{n}?"
        for n in range(30)
    },
}


def index() -> MarketIndex:
    found = MarketIndex(WORDS)
    for market_id, question in QUESTIONS.items():
        found.add(market_id, question, 2_000)
    return found


@pytest.mark.parametrize(
    ("text", "compound"),
    [
        ("Fed cuts rates by 50bp, markets rally", -0.2960),
        ("Candidate wins Iowa primary in landslide", 0.5719),
        ("Senate rejects the bill", -0.4939),
        ("Bitcoin ETF approved by SEC", 0.4215),
        ("Company denies reports of a bankruptcy filing", -0.4215),
        ("Court blocks merger", -0.2263),
        ("Talks are scheduled for Monday", 0.0),
    ],
)
def test_what_a_plain_lexicon_says(text: str, compound: float) -> None:
    scores = SentimentIntensityAnalyzer().polarity_scores(text)
    assert scores["compound"] == pytest.approx(compound, abs=1e-4)


def test_the_overlay_reads_markets_better_and_denials_turn() -> None:
    assert SCORER.sentiment("Fed cuts rates by 50bp, markets rally", "") > 0.05
    assert SCORER.sentiment("Court blocks merger", "") < -0.5
    assert SCORER.sentiment("Company denies reports of a bankruptcy filing", "") > 0.05
    sure = SCORER.sentiment("Senate approves the bill", "")
    assert SCORER.sentiment("Senate reportedly approves the bill", "") == sure / 2
    assert SCORER.sentiment("Talks are scheduled for Monday", "") == 0.0


def test_the_title_weighs_more_than_the_opening() -> None:
    good, bad = "Senate approves the bill", "Senate rejects the bill"
    title = SCORER.sentiment(good, "")
    mixed = SCORER.sentiment(good, bad)
    assert mixed == pytest.approx(0.7 * title + 0.3 * SCORER.sentiment(bad, ""))


@pytest.mark.parametrize(
    ("question", "headline", "g"),
    [
        ("Will the Senate approve the bill by June?", "Senate approves the bill", 1),
        ("Will the Senate approve the bill by June?", "Senate rejects the bill", -1),
        ("Will the Senate reject the bill?", "Senate rejects the bill", 1),
        ("Will the Senate reject the bill?", "Senate passes the bill", -1),
        ("Will Voss lose the primary?", "Voss wins the primary", -1),
        ("Will Voss win the primary?", "Voss concedes the primary", -1),
        ("Will Voss win the primary?", "Keller wins the primary", 0),
        ("Will Voss resign by May?", "Voss denies plans to resign", -1),
        ("Will Voss resign by May?", "Voss will not resign", -1),
        ("Will Voss not resign by May?", "Voss resigns", -1),
        ("Will Voss win?", "Voss wins in Ohio but loses in Iowa", 0),
        ("Will Bitcoin be above $100k?", "Bitcoin rises", 0),
        ("Will rates rise to more than 5 percent?", "rates rise", 0),
        ("Will it rain in Oslo?", "Oslo sees rain", 0),
        ("Will the Fed cut rates in September?", "Fed cuts rates by 50bp", 1),
    ],
)
def test_stances(question: str, headline: str, g: int) -> None:
    assert stance(question, headline, WORDS) == g


@pytest.mark.parametrize(
    ("inputs", "confidence", "fair", "side", "consumed", "reason"),
    [
        ((0.20, 0.21, 0.8, 0.9, 1.0, 1), 0.72, 0.307828, Side.YES, 0.092740, ""),
        ((0.20, 0.26, 0.8, 0.9, 1.0, 1), 0.72, 0.307828, Side.YES, 0.556443, ""),
        ((0.20, 0.28, 0.8, 0.9, 1.0, 1), 0.72, 0.307828, Side.YES, 0.741924, "too-late"),
        ((0.75, 0.74, 0.7, 0.9, 1.0, -1), 0.63, 0.644423, Side.NO, 0.094716, ""),
        ((0.15, 0.16, 0.7, 0.8, 0.9, 1), 0.504, 0.20892771, Side.YES, 0.16969945, ""),
        ((0.20, 0.10, 0.8, 0.9, 1.0, 1), 0.72, 0.307828, Side.YES, -0.927397, "moved-against"),
    ],
)
def test_signals_of_the_specification(
    inputs: tuple[float, float, float, float, float, int],
    confidence: float,
    fair: float,
    side: Side,
    consumed: float,
    reason: str,
) -> None:
    found = news_signal(*inputs)
    assert found.confidence == pytest.approx(confidence)
    assert found.fair_value == pytest.approx(fair, abs=1e-6)
    assert found.consumed == pytest.approx(consumed, abs=2e-5)
    assert (found.side, found.reason) == (side, reason)


def test_weak_or_pointless_stories_are_passed_over() -> None:
    found = news_signal(0.2, 0.2, 0.4, 0.7, 0.9, 1)
    assert found.confidence == pytest.approx(0.252)
    assert found.reason == "low-confidence"
    assert news_signal(0.2, 0.2, 0.9, 0.9, 1.0, 0).reason == "no-stance"
    assert [hold_hours(c) for c in (0.72, 0.63, 0.504)] == pytest.approx([9.2, 8.3, 7.04])


@pytest.mark.parametrize(
    ("headline", "best"),
    [
        ("Fed cuts rates by 50bp in September meeting", "0xfed"),
        ("Harlan Voss wins Iowa primary in landslide", "0xiowa"),
        ("SEC approves Solana ETF", "0xetf"),
        ("Court blocks Kroger Albertsons merger", "0xmerger"),
    ],
)
def test_stories_find_their_market(headline: str, best: str) -> None:
    matches = index().match(headline, "", 1_000)
    assert matches[0].market_id == best
    assert all(0.55 <= each.relevance <= 1.0 for each in matches)
    assert len(matches) <= 3


def test_a_story_without_a_distinctive_word_or_after_the_deadline_finds_none() -> None:
    assert index().match("Will the team win in the season?", "", 1_000) == ()
    assert index().match("Fed cuts rates in September", "", 2_000) == ()
    assert index().match("Nothing that anybody asks about", "", 0) == ()
    assert MarketIndex(WORDS).match("Fed cuts rates", "", 0) == ()


def test_bm25_is_that_of_a_well_known_library() -> None:
    corpus = [words_of(question, WORDS.aliases) for question in QUESTIONS.values()]
    peer = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    peer.index([list(words) for words in corpus], show_progress=False)
    headline = "Fed cuts rates in September while Voss wins Iowa"
    query = list(dict.fromkeys(words_of(headline, WORDS.aliases)))
    known = {word for words in corpus for word in words}
    expected = peer.get_scores([word for word in query if word in known])
    ours = [index().bm25(headline, market_id) / (K1 + 1) for market_id in QUESTIONS]
    assert ours == pytest.approx([float(each) for each in expected], rel=1e-5)


def test_a_removed_market_leaves_no_trace() -> None:
    one, other = index(), index()
    one.add(MarketId("0xnew"), "Will Zanzibar secede?", None)
    one.add(MarketId("0xnew"), "Will Zanzibar secede in May?", None)
    one.remove(MarketId("0xnew"))
    for headline in ("Fed cuts rates in September", "Voss wins Iowa primary", "Zanzibar secedes"):
        assert one.match(headline, "", 0) == other.match(headline, "", 0)


def test_text() -> None:
    assert normalise("The Fed’s  RATE—cut!", WORDS.aliases) == "the feds rate cut"
    assert normalise("Fed cuts", WORDS.aliases) == "federal reserve cuts"
    assert normalise("Federal Reserve (Fed) cuts", WORDS.aliases).startswith("federal reserve")
    assert canonical_url("https://www.Example.com/a/b/?x=1#top") == "example.com/a/b"
    assert canonical_url("") == ""
    assert first_sentences("One. Two! Three?") == "One. Two!"
    assert is_english(words_of("Fed cuts rates", {}), WORDS.english, WORDS.foreign)
    spanish = words_of("El presidente dice que no se va de la capital", {})
    assert not is_english(spanish, WORDS.english, WORDS.foreign)


@given(TEXTS)
def test_normal_form_is_stable(text: str) -> None:
    once = normalise(text, {})
    assert normalise(once, {}) == once


@given(TEXTS, TEXTS)
def test_likeness_is_symmetric_and_nothing_for_the_same(one: str, other: str) -> None:
    a, b = simhash(one.split()), simhash(other.split())
    assert distance(a, a) == 0
    assert distance(a, b) == distance(b, a) <= 64
    assert 0 <= a < 1 << 64


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.floats(0, 1), st.integers(-1, 1))
def test_a_signal_points_where_the_stance_does(before: float, now: float, s: float, g: int) -> None:
    found = news_signal(before, now, s, 1.0, 1.0, g)
    assert 0.0 <= found.confidence <= 1.0
    assert (found.fair_value - before) * g >= -1e-12
    if g == 0:
        assert found.reason == "no-stance"


@given(
    st.lists(
        st.tuples(st.integers(0, 20_000), st.one_of(st.none(), st.floats(0, 1))), max_size=200
    ),
    st.integers(0, 60_000),
)
def test_mids_say_what_was_and_never_what_came_later(
    changes: list[tuple[int, float | None]], back: int
) -> None:
    mids, at, seen = Mids(), 0, []
    for wait, mid in changes:
        at += wait
        mids.add(at, mid, 600_000)
        seen.append((at, mid))
    assert len(mids.fine) <= 62
    assert len(mids.coarse) <= 62
    told = mids.at(at - back)
    assert told is None or any(when <= at - back and mid == told for when, mid in seen)
    if seen:
        assert mids.at(at) == seen[-1][1]
        assert mids.at(seen[0][0] - 1) is None
