"""From where, to where."""
