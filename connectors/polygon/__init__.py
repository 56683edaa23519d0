"""The chain: reading it, signing for it, sending to it."""
