"""Drift: what a source sends now against what it sent before and what we declared. Pure."""
