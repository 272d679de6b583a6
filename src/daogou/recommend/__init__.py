"""Recommendations of every kind over the shared retrieval shape."""
