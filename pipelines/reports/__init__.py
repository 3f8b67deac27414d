"""Pages with pictures about what came out."""
