"""How it is derived: books, prices, risk, ledger, paper exchange, statistics.

Pure folds and functions.
"""
