"""What an answer is worth: one file a kind of score, each with its formula and its source. All pure.

A score is one number per question, or None where the question cannot have it (never 0); a set's figure is the mean over
those that have it, with their number. Confidence is scored over whole sets. Notation: E the question's evidence
stretches, P its passages in rank order, C its citations, all as stretches of source texts.
"""
