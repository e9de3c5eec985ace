"""``python -m qa``: the same as ``transcript-qa``."""

import sys

from qa.cli import main

sys.exit(main())
