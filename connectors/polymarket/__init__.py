"""Polymarket: market WebSocket, Gamma and CLOB REST, and the connector that publishes them."""
