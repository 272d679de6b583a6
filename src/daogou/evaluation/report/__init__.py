"""An evaluation as a page for the merchant and as JSON for machines."""
