"""What a run's heads are found to do: tints, cards, and the numbers of one head."""
