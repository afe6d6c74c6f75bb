"""Pages: one module each."""
