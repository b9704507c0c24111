"""FROM DOCUMENT FILES TO PASSAGES. Knows nothing of who writes answers."""
