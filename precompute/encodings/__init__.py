"""What colors the points: one registered function an encoding."""

from precompute.encodings.registry import Encoded, EncodingSource, encoding, encodings_of

__all__ = ["Encoded", "EncodingSource", "encoding", "encodings_of"]
