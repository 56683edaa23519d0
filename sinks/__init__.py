"""What remembers: messages of the log become database rows, and typed queries read them.

The database is TimescaleDB or plain PostgreSQL; it is a view of the log and can be rebuilt from it.
"""
