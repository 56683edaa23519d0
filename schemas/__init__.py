"""What is said: values, identifiers, messages and errors.

Frozen, typed, no I/O; imports nothing of ours.
"""
