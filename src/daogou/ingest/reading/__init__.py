"""Reads files nobody vouches for: in bounded memory, one row at a time, with a reason for every row it refuses."""
