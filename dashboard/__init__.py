"""Show: Streamlit pages over the API, and nothing else.

No figure is computed twice, none is invented.
"""
