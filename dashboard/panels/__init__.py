"""Panels: a figure or a table with its age, and what it shows when it knows nothing."""
