"""Near-copies among rows."""
