"""Web interface: pages, panels, figures, palettes and URL state."""
