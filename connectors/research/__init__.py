"""Probabilities from outside the markets, to `OutsideEstimate`."""
