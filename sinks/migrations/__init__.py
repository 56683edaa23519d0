"""The database's schema as Alembic revisions, and the statements each revision is made of."""
