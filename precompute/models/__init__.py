"""Models: where they are found, how they are loaded, and how they are fed."""
