"""What one sees: pages, controls, palettes, figures, and the state that a link reopens."""
