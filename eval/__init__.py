"""SCORES. Asks the same answerer that citizens ask."""
