"""Metrics of heads, and of how well their layouts show them."""
