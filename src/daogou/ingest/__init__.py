"""Reading what stores already export, and keeping every rejected line with its reason."""
