"""How fast the server is beside others, and what it costs as work grows: `make bench`."""
