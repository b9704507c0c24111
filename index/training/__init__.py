"""Training our own small models; nothing here runs when a question is answered."""
