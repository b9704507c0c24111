"""`wenzheng eval peers`: what a user would build instead, on the same files and questions, measured in one run."""
