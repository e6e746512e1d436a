"""Tests that load the trained model or train one."""
