"""Fetch records from web services into folders that a build reads."""
