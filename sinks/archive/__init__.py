"""The archive: topics as Parquet segments that a chain of hashes holds together."""
