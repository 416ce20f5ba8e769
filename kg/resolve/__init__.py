"""Decide which records are one paper and which mentions are one thing."""
