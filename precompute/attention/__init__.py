"""Attention of one head or one layer, computed from queries and keys with NumPy alone."""
