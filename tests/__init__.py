"""Tests that mirror golems/ and pages/. They ask no server but their own."""

import os
import tempfile

# huggingface_hub reads these when it is imported, so they are set before any test module is.
_HF_HOME = tempfile.TemporaryDirectory(prefix="empty-hub-cache-")
os.environ |= {
    "HF_HOME": _HF_HOME.name,
    "HF_HUB_CACHE": f"{_HF_HOME.name}/hub",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_XET": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "DISABLE_SAFETENSORS_CONVERSION": "1",
}
for _name in ("HF_TOKEN", "HF_ENDPOINT"):
    os.environ.pop(_name, None)
