"""Training our own small models, and opening what was trained; no answer leans on them so far.

pairs.py: the training folder → pairs; static.py: pairs → token vectors; model.py: token vectors → an Embedder;
__main__.py: the command.
"""
