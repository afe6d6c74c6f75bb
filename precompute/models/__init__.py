"""Models: their sources, loading and preprocessing."""
