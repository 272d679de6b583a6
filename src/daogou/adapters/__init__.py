"""Implementations of the ports, chosen by address."""
