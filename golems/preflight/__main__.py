"""``python -m golems.preflight``: see ``golems.preflight.apart``."""

import sys

from golems.preflight.apart import main

if __name__ == "__main__":
    sys.exit(main())
