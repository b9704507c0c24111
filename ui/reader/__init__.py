"""The notice reader: a notice's repaired text, where it comes from, what it points to."""
