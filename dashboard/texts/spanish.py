"""The dashboard's sentences in Spanish; what is missing is said in English."""

TEXTS: dict[str, str] = {}
