"""Product search over the shared retrieval shape."""
