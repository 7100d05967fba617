"""Makes objects PREFIX000, PREFIX001, ... of arrays of all kinds, and prints, as a JSON array, what numpy's str says of each."""

import json
import sys

import numpy as np

from sharedobjects import SharedObject

rng = np.random.default_rng(7)
arrays = [
    np.array(1.5),
    np.array(7),
    np.array([], np.float32),
    np.zeros((3, 0, 2), np.int8),
    np.array([1.0]),
    np.array([0.0, -0.0, 1.0]),
    np.array([1.0, 2.5, 1000.25]),
    np.array([0.1, 0.2, 0.30000000000000004]),
    np.array([1e-5, 1.0]),
    np.array([1e8, 1.0]),
    np.array([1e10, 2e10]),
    np.array([123456.789, 0.5]),
    np.array([1e-300, 1e300]),
    np.array([np.nan, np.inf, -np.inf, -1.5]),
    np.array([np.nan, np.nan]),
    np.array([np.inf, 1e-7]),
    np.array([1 / 3, 2 / 3], np.float32),
    np.array([1 / 3, 2 / 3], np.float16),
    np.array([16777216, 0.1], np.float32),
    np.array([65504, 0.1], np.float16),
    np.array([True, False, True]),
    np.array([True, True]),
    np.array([-128, 127, 0], np.int8),
    np.array([2**64 - 1, 0], np.uint64),
    np.array([-(2**63), 2**63 - 1]),
    np.array([1 + 2j, -1.5 - 0.25j]),
    np.array([1 + 2j, 3], np.complex64),
    np.eye(4),
    np.eye(4, dtype=np.float32) * 1.25,
    np.arange(1000),
    np.arange(1001),
    np.arange(5000.0).reshape(50, 100),
    np.arange(24).reshape(2, 3, 4),
    np.arange(120).reshape(2, 3, 4, 5),
    np.arange(480 * 848 * 3, dtype=np.uint8).reshape(480, 848, 3),
    np.arange(2000, dtype=np.uint16).reshape(4, 500),
    np.arange(6, dtype=np.int32).reshape(1, 1, 2, 1, 3),
    np.arange(40) / 8,
]
arrays += [rng.normal(0, 10.0 ** rng.integers(-3, 4), size=int(rng.integers(1, 12))) for _ in range(30)]
arrays += [rng.normal(0, 2.0, size=(int(rng.integers(1, 5)), 3)).astype(np.float32) for _ in range(10)]
arrays += [rng.integers(-(10**6), 10**6, size=(3, 30)) for _ in range(3)]

for i, array in enumerate(arrays):
    SharedObject(f"{sys.argv[1]}{i:03}", data=array)
print(json.dumps([str(array) for array in arrays]))
