"""Use cases: one verb, one transaction. `now` and `by` are always passed in."""
