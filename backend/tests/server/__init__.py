"""Tests of real servers, of nginx, and of the files that deploy them."""
