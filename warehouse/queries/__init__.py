"""One SELECT of an analyst, read-only by construction."""
