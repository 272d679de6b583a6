"""Text encoders that run here: word pieces, the weights of multilingual-e5-small, its graph, and static vectors."""
