"""Analyses in processes of their own: tasks, workers, lanes of fair turns, and the file that keeps what was found."""
