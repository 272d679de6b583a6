"""The settings of a shop as one typed tree."""
