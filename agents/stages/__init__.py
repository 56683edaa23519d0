"""Stages as pure folds: book, relay, bots, risk gate, paper exchange, ledger."""
