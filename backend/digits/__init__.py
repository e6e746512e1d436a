"""Digits reads the handwritten digit in a picture, and says how sure it is."""
