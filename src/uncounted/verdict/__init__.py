"""Whether a figure is defensible: the consensus judged, validation, sensitivity."""
