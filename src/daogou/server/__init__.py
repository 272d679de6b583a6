"""HTTP, storefront and operator console. No logic of their own."""
