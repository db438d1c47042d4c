"""Case lists in: the record, the readers, what may be shared. Names live here only to be linked."""
