"""FACES. No judgement lives here."""
