"""Graphs written in the formats that network programs read, one format a file."""
