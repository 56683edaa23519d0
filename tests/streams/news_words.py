"""The shipped words and scorer, for tests."""

from agents.registry import analyzer
from configs.bots import load_bot
from configs.bots_news import NewsParameters
from streams.news_score import Scorer

PARAMETERS = load_bot(NewsParameters, "bot_04_news.yaml")
WORDS = PARAMETERS.vocabulary.words()
SCORER = Scorer(analyzer(PARAMETERS), WORDS)
