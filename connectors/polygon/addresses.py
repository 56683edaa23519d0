"""Addresses on Polygon that are not the venue's."""

POL_FEED = "0xAB594600376Ec9fD91F8e885dADF0CE036862dE0"
"""Chainlink's POL in dollars, 8 decimals (formerly MATIC/USD)."""
LOCAL_CHAIN_ID = 31_337
"""The local chain's; nothing signed for it is valid on Polygon."""
