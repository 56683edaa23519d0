"""Answers as rows of tables. Pure: numbers stay numbers, so that columns sort."""
