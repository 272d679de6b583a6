"""What a shop's recommenders would have done: trained on the past alone, asked about what came after."""
