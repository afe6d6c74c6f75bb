"""Color tokens, palettes of encodings, and the color bytes of points."""
