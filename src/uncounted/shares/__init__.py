"""Which part each form or origin has."""
