"""Pages: their bytes as WARC, the visit that brought them, and reading them again."""
