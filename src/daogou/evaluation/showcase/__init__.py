"""A bilingual general store that does not exist: its goods, its words and its (simulated) shoppers."""
