"""How the embedder came to be that reads each piece amid the others: `python -m index.training.embedding`."""
