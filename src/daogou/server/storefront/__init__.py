"""The shop as shoppers see it."""
