"""The tests of the back end, and of the whole in a browser."""
