"""Whose money is at stake, and what must be true before orders leave this machine."""
