"""Evaluation: picture bytes in, readings out, through the code that serves; the figures and the report."""
