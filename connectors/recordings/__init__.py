"""Foreign recordings: files that others wrote, read into what our connectors would have said.

One small module a format, each with a typed row; `registry` lists them.
"""
