"""Random and damaged input for the API."""
