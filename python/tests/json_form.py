"""The JSON form of a value, both ways (tests/golden's, and the command line tool's), and comparison to the last bit."""

import base64
import json
import struct

import numpy as np

from sharedobjects import Pose


def to_json(value):
    kind = type(value)
    if value is None:
        return {"type": "none"}
    if kind is bool:
        return {"type": "bool", "value": value}
    if kind is int:
        return {"type": "int", "value": str(value)}
    if kind is float:
        return {"type": "float", "value": _float_to_json(value)}
    if kind is complex:
        return {"type": "complex", "re": _float_to_json(value.real), "im": _float_to_json(value.imag)}
    if kind is Pose:
        numbers = [float(x) for x in (*value.p, *value.q)]
        return {"type": "pose", "xyz_wxyz": [_float_to_json(x) for x in numbers]}
    if kind is str:
        return {"type": "str", "utf8_base64": _base64(value.encode("utf-8"))}
    if kind in (bytes, bytearray):
        return {"type": kind.__name__, "base64": _base64(value)}
    if kind is np.ndarray:
        return {
            "type": "ndarray",
            "dtype": value.dtype.name,
            "shape": list(value.shape),
            "raw_base64": _base64(value.tobytes()),
            "first": [_element_text(x) for x in value.reshape(-1)[:8]],
        }
    if kind is dict:
        return {"type": "dict", "items": [[to_json(k), to_json(v)] for k, v in value.items()]}
    if kind in (tuple, list):
        return {"type": kind.__name__, "elements": [to_json(x) for x in value]}
    if kind is set:
        # A set has no order; its JSON form has one, for two of them to be compared.
        return {"type": "set", "elements": sorted((to_json(x) for x in value), key=json.dumps)}
    raise TypeError(f"no JSON form for {kind}")


def from_json(form):
    kind = form["type"]
    if kind == "none":
        return None
    if kind == "bool":
        return form["value"]
    if kind == "int":
        return int(form["value"])
    if kind == "float":
        return _float_from_json(form["value"])
    if kind == "complex":
        return complex(_float_from_json(form["re"]), _float_from_json(form["im"]))
    if kind == "pose":
        numbers = [_float_from_json(x) for x in form["xyz_wxyz"]]
        return Pose(numbers[:3], numbers[3:])
    if kind == "str":
        return base64.b64decode(form["utf8_base64"]).decode("utf-8")
    if kind == "bytes":
        return base64.b64decode(form["base64"])
    if kind == "bytearray":
        return bytearray(base64.b64decode(form["base64"]))
    if kind == "ndarray":
        raw = bytearray(base64.b64decode(form["raw_base64"]))  # a bytearray, so that the array is writable
        return np.frombuffer(raw, np.dtype(form["dtype"])).reshape(form["shape"])
    if kind == "dict":
        return {from_json(k): from_json(v) for k, v in form["items"]}
    if kind in ("tuple", "list", "set"):
        return {"tuple": tuple, "list": list, "set": set}[kind](from_json(x) for x in form["elements"])
    raise ValueError(f"unknown type {kind!r}")


def bits(value):
    """A hashable key: equal for two values if and only if their types and all their bits are."""
    kind = type(value)
    if kind is float:
        return kind, struct.pack("<d", value)
    if kind is complex:
        return kind, struct.pack("<2d", value.real, value.imag)
    if kind is Pose:
        return kind, value.p.tobytes(), value.q.tobytes()
    if kind is bytearray:
        return kind, bytes(value)
    if kind is np.ndarray:
        return kind, value.dtype.str, value.shape, value.tobytes()
    if kind is dict:
        return kind, tuple((bits(k), bits(v)) for k, v in value.items())
    if kind in (tuple, list):
        return kind, tuple(bits(x) for x in value)
    if kind is set:
        return kind, frozenset(bits(x) for x in value)
    return kind, value


def _base64(raw):
    return base64.b64encode(raw).decode("ascii")


def _float_to_json(x):
    return {"hex": x.hex(), "repr": repr(x)}


def _float_from_json(form):
    return float.fromhex(form["hex"]) if "hex" in form else float(form["repr"])


def _element_text(x):
    if x.dtype.kind == "c":
        return [repr(float(x.real)), repr(float(x.imag))]
    return repr(float(x)) if x.dtype.kind == "f" else str(int(x))
