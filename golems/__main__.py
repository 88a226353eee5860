"""``python -m golems``: the app's jobs without a browser."""

import sys

from golems.cli import main

if __name__ == "__main__":
    sys.exit(main())
