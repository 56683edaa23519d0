"""Runs the specification's vector files against the implementation: `pets vectors FILE…`."""
