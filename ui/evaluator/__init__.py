"""The evaluator's desk: runs, cases, comparisons, and what people found wrong."""
