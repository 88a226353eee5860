"""What is claimed about speed and memory, as commands that measure it."""

import os

# As the user has it: golems/ says how threads wait, and other libraries shall have their own way.
ENVIRONMENT = dict(os.environ)
