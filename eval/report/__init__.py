"""A run on paper: the table and JSON of the terminal, Markdown, and one self-contained HTML page with its plots."""
