"""The joint embedding of a head's queries and keys."""
