"""How the recognizer is made. Serving never imports this package; only the command line does."""
