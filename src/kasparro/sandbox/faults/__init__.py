"""Scripted faults of the simulated servers: what a source can do to us, each by its name."""
