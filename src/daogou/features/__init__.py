"""Features: what each stores, how an event changes it, how it is read."""
