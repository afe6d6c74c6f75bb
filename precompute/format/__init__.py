"""The format of a run on disk: manifest, array schema, JSON, quantized coordinates."""
