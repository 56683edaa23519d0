"""Other people: trades and histories of public wallets, attention by Kaito."""
