"""`make bench`: how fast the server is."""
