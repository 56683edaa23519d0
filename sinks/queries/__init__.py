"""Typed reads, one SQL text per query. Every one has a time bound, in milliseconds UTC.

All raise `sinks.port.SinkAwayError` when the database does not answer.
"""
