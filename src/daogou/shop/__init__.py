"""The composition root: settings in, a working Shop out."""
