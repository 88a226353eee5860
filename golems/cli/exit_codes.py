"""What a command tells the shell that ran it."""

DONE = 0
ROWS_FAILED = 1
BAD_INPUT = 2
INTERRUPTED = 130  # as shells report a program that Ctrl-C ended
