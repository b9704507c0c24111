"""FROM PASSAGES TO A GROUNDED ANSWER. Knows nothing of screens."""
