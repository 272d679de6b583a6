"""Retrieve, fuse, rank, arrange: one shape for search and recommendation."""
