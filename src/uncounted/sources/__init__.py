"""Readers of the open data and of a coalition's own legs: one module a layout, nothing lost silently."""
