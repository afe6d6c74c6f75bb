"""View state: its URL form, its resolution against a run, and the heads it shows."""
