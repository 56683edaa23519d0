"""Every sentence of the dashboard, by language. Pure; another language is another table."""

from dashboard.texts import english, english_settings, spanish, spanish_settings

LANGUAGES = {"en": "English", "es": "Español"}
ENGLISH = english.TEXTS | english_settings.TEXTS
TABLES = {"en": ENGLISH, "es": spanish.TEXTS | spanish_settings.TEXTS}


def text(key: str, language: str = "en", **figures: object) -> str:
    """A sentence with its figures; in English where a language does not have it.

    Args:
        key: Its name, e.g. `halt.confirm`.
        language: `en` or `es`.
        figures: What stands in it.

    Raises:
        KeyError: No sentence has this name.
    """
    found = TABLES.get(language, ENGLISH).get(key) or ENGLISH[key]
    return found.format(**figures) if figures else found
