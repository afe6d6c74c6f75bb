"""A finished run: opening, listing, verifying, moving, and quantities computed on request."""
