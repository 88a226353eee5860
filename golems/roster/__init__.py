"""One named golem a file: its card. A new file here is found by itself."""
