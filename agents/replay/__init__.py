"""The same stages without a broker: backtests and audits of recorded logs."""
