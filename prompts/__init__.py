"""Plain text prompts that a civil servant can read and correct; no code."""
