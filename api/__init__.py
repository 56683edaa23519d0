"""Serve and compose: the API, the `pets` command line, the composition root.

The only layer that may import agents, connectors and sinks.
"""
