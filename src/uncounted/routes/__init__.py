"""Over which countries."""
