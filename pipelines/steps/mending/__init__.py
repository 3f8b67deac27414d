"""Finding where a site has changed, and reading kept pages again."""
