"""The shop as its operator sees it."""
