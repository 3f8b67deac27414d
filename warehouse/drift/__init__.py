"""What the fields of a site usually hold."""
