"""Fast tests: no TensorFlow, no browser, no server."""
