"""Findings: registered behaviors, the heads that show them, examples, a map and clusters of heads."""
