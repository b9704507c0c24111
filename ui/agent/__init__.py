"""The hotline agent's desk: a caller's story, a cited draft, a ticket."""
