"""A finished run: opening, listing, verifying, moving, and what is computed from it on request."""
