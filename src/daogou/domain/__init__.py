"""The shop in its own words: values without behaviour beyond arithmetic."""
