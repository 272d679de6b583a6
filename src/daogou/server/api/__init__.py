"""The HTTP API: a small router for each subject."""
