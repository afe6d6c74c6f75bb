"""Capture of queries, keys, value norms, masks and scales of every head of a running model."""

from precompute.capture.instances import CapturedInstance, capture_instances
from precompute.capture.masks import combine_mask_kinds, dense_mask
from precompute.capture.norms import l2_norms

__all__ = ["CapturedInstance", "capture_instances", "combine_mask_kinds", "dense_mask", "l2_norms"]
