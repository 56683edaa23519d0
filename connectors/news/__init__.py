"""News: RSS, NewsAPI and X, each to `NewsItem`."""
