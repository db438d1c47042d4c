"""Data that every room shares: overlap tables, cases, estimates, draws."""
