"""Measuring against held-out data and against a simulated truth."""
