"""A chain on this machine: a real EVM, the venue's contracts at their addresses, worthless money.

Its chain id is not Polygon's, so nothing that was signed for it means anything elsewhere.
"""
