"""How the models that ship are made. Nothing that answers imports it.

pairs.py: the training folder, and what we wrote → pairs; pieces.py: texts → vocabulary; held_out.py: what is not
trained on; misses.py: clauses that come near; learn.py: pairs → tables; export.py: tables → the folder; __main__.py:
the command.
"""
