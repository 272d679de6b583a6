"""Recipes that turn facts into an immutable release."""
