"""Faults on purpose: each drill does something bad to a running server, and says what came of it."""
