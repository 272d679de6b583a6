"""What shoppers say in reviews: which side of a product, whether they like it, and in whose words."""
