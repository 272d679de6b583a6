"""What storefront and console share: templates, words in two languages, visitors, forms, files."""
