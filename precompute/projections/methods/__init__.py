"""One module a projection (or family of projections); each registers itself."""
