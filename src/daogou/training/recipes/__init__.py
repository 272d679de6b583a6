"""One recipe per file: from the shop's facts to one artifact."""
