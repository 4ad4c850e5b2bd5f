"""Reference solutions, cases and known mistakes: one module for each page."""
