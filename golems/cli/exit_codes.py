"""What a command tells the shell that ran it."""

DONE = 0
ROWS_FAILED = 1
BAD_INPUT = 2
BUG = 70  # EX_SOFTWARE of sysexits.h; Python's own 1 would read as failed rows
INTERRUPTED = 130  # as shells report a program that Ctrl-C ended
