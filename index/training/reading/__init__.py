"""How the cross-reader's weights are made: texts → a masked language model → a teacher → the small one that ships."""
