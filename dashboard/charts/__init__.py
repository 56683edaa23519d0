"""Pure: answers to figures."""
