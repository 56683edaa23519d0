"""One file a page; Streamlit would take a folder called `pages` for navigation of its own."""
