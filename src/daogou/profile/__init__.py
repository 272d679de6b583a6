"""What is known of a shopper, and why."""
