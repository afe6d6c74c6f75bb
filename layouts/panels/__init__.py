"""Panels of the pages and of both side columns."""
