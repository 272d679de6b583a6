"""Text encoders by address: one that ships in a package, or any endpoint that speaks OpenAI's embeddings protocol."""

from daogou.adapters.encoders.addresses import open_encoder

__all__ = ["open_encoder"]
