"""A hub for the room: a JupyterHub on one Linux machine, where each learner's server runs in a sandbox of its own."""
