from precompute.encodings import text, vectors
from precompute.encodings.registry import Encoded, EncodingSource, encodings_of, register_encoding

__all__ = ["Encoded", "EncodingSource", "encodings_of", "register_encoding", "text", "vectors"]
