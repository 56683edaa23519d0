"""A backtest as one self-contained page: no script, no address, light and dark."""
