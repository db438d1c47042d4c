"""Estimators: frozen settings with one method, ``estimate(table, *, seed=0) -> Estimate``."""
