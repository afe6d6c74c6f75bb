"""What the heads of a run are known to do: kinds, the heads found to be of them, and examples that show it."""
