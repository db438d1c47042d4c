"""Populations with a known size, and how often an interval holds it."""
