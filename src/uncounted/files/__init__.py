"""Any file as numbered rows of text: the one reader."""
