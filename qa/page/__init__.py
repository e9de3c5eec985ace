"""What the web page shows, as functions from our values to HTML; only `qa.page.layout` knows Gradio.

Everything that comes from a transcript or a person passes through `qa.markup`, which escapes it.
"""
