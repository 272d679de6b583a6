"""Pricing a basket: a pure function that returns adjustments with reasons."""
