import base64
import faulthandler
import itertools
import json
import os
from pathlib import Path

import pytest

PREFIX = f"so-pytest-{os.getpid()}-"
SHM = Path("/dev/shm")
GOLDEN = Path(__file__).resolve().parents[2] / "tests" / "golden"
WATCHDOG_SECONDS = 30

_numbers = itertools.count()


def pytest_configure(config):
    # pytest captures descriptor 2 by now, and what the watchdog writes there would end with the process.
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture is not None:
        capture.suspend_global_capture(in_=False)
    config.real_stderr = os.fdopen(os.dup(2), "w")
    if capture is not None:
        capture.resume_global_capture()


@pytest.fixture(autouse=True)
def watchdog(request):
    """A test that hangs ends the run with every thread's traceback."""
    faulthandler.dump_traceback_later(WATCHDOG_SECONDS, exit=True, file=request.config.real_stderr)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def name():
    """A segment name of this test's own; whatever has it afterwards is removed."""
    name = f"{PREFIX}{next(_numbers)}"
    yield name
    for path in SHM.glob(name + "*"):
        path.unlink()


class SegmentFile:
    """The bytes behind a name, past any SharedObject."""

    def __init__(self, name):
        self.path = SHM / name

    def read(self):
        return self.path.read_bytes()

    def write(self, content):
        self.path.write_bytes(content)
        self.path.chmod(0o600)


@pytest.fixture
def segment(name):
    return SegmentFile(name)


def golden_vectors():
    return json.loads((GOLDEN / "real_robot.json").read_text())


def golden_sequences():
    return json.loads((GOLDEN / "behaviour.json").read_text())


def golden_bytes(vector):
    return base64.b64decode(vector["shm_base64"])
