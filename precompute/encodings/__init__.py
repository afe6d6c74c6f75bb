from precompute.encodings.methods import image, text, vectors
from precompute.encodings.registry import Encoded, EncodingSource, encodings_of, register_encoding

__all__ = ["Encoded", "EncodingSource", "encodings_of", "image", "register_encoding", "text", "vectors"]
