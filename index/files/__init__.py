"""Document file → Document. `read.py` tells the story; one module a format holds the library that reads it."""
