"""Memos marked fairly: the pile, a second marker's blind sample, agreement and drift. Nothing here changes a score."""
