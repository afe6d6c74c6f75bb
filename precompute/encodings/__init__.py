"""Encodings, the colors of points: one registered function each."""

from precompute.encodings.registry import Encoded, EncodingSource, encoding, encodings_of

__all__ = ["Encoded", "EncodingSource", "encoding", "encodings_of"]
