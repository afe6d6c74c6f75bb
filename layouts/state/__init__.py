"""The view state: its URL form and its resolution against a run."""
