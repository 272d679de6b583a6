"""The product knowledge graph in schema.org vocabulary."""
