"""What the engine needs from the outside world, as Protocols named for the need."""
