"""Keys at rest: encrypted on disk, clear only while they are used."""
