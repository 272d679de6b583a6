"""Stores in this process's memory: the reference every other backend is held equal to, and what tests use."""
