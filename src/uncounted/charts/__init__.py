"""Pictures: one module a picture, data in, a Vega-Lite dictionary out."""
