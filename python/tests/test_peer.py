"""tests/peer/peer.py: the process that the C# tests talk to."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import SHM
from json_form import bits, from_json, to_json

from sharedobjects import BeingMadeError, NeverAssignedError, SharedDynamicObject, SharedObject, unlink, wait_ready

PEER = Path(__file__).resolve().parents[2] / "tests" / "peer" / "peer.py"


class PeerProcess:
    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, str(PEER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
        )
        self._number = 0

    def send(self, line):
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def ask(self, op, **command):
        self._number += 1
        reply = self.send(json.dumps({"id": self._number, "op": op, **command}))
        assert reply["id"] == self._number
        return reply

    def __call__(self, op, **command):
        reply = self.ask(op, **command)
        assert reply["ok"], reply
        return reply["result"]

    def end(self):
        """Closes stdin; exit status and what was written to stderr."""
        _, errors = self._process.communicate(timeout=20)
        return self._process.returncode, errors


@pytest.fixture
def peer():
    peer = PeerProcess()
    yield peer
    assert peer.end() == (0, "")


INT = {"type": "int", "value": "5"}
VALUES = [
    None,
    True,
    -5,
    1.5,
    complex(1, -2),
    "漢字",
    b"\0\xff\0",
    bytearray(b"x"),
    np.arange(6, dtype=np.int16).reshape(2, 3),
    np.zeros((0, 2), np.float32),
    {"a": 1, "m": np.eye(2), "n": np.eye(3), "d": {"x": "y"}},
]
IDS = [type(v).__name__ for v in VALUES]


@pytest.mark.parametrize("value", VALUES, ids=IDS)
def test_values_both_ways(peer, name, value):
    opened = peer("open", handle="a", name=name, data=to_json(value))
    with SharedObject(name) as so:
        assert opened == {"object_type_idx": so.object_type_idx, "nbytes": so.nbytes}
        assert bits(so.fetch()) == bits(value) == bits(from_json(peer("fetch", handle="a")))
        so.assign(value).trigger()
        assert peer("modified", handle="a") is True
        assert peer("triggered", handle="a") is True
        assert peer("triggered", handle="a") is False
        assert peer("assign", handle="a", data=to_json(value)) is None
        assert so.triggered


def test_a_dynamic_object(peer, name):
    assert peer("open_dynamic", handle="d", name=name) is None
    with SharedDynamicObject(name) as so:
        for value in [*VALUES, np.arange(50000), [1, ("a", {2})]]:
            so.assign(value)
            assert peer("modified", handle="d")
            assert bits(from_json(peer("fetch_next", handle="d", timeout=20))) == bits(value)
            peer("assign", handle="d", data=to_json([value, value]))
            assert bits(so.fetch_next(20)) == bits([value, value])
        assert peer("words", handle="d")["commit"] == str(so.mtime)
        assert peer("trigger", handle="d") is None and so.triggered
        assert peer.ask("open", handle="o", name=name)["raises"] == "WrongKindError"
        assert peer.ask("open_dynamic", handle="o", name=name, data=to_json("given"))["ok"] and so.fetch() == "given"



def test_stamps(peer, name):
    peer("open", handle="a", name=name)
    assert peer("mtime", handle="a") == {"word": "0", "seen": "0"}
    with SharedObject(name) as so:
        peer("trigger", handle="a")
        assert so.triggered
        assert peer("mtime", handle="a") == {"word": str(so.mtime), "seen": "0"}


def test_words_of_a_writer_that_died(peer, name):
    peer("open", handle="a", name=name, data=INT)
    words = peer("words", handle="a")
    mtime = words["mtime"]
    assert words == {"mtime": mtime, "writing": "0", "commit": mtime, "wake": "0", "waiters": "0"}
    later = str(int(mtime) + 1)
    peer("poke", name=name, offset=0, u64=later)
    assert peer("fetch", handle="a") == INT
    assert peer("words", handle="a")["commit"] == later
    peer("poke", name=name, offset=0, u64=str(int(mtime) + 2))
    peer("poke", name=name, offset=128 + 8, u64=7)
    assert peer("words", handle="a")["writing"] == "7"
    assert peer.ask("fetch", handle="a")["raises"] == "TornError"
    assert peer("accept_torn", handle="a") is True and peer("accept_torn", handle="a") is False
    assert peer("fetch", handle="a") == INT
    peer("trigger", handle="a")
    assert peer("words", handle="a")["wake"] == "1"


def test_words_of_a_plain_object(peer, name, segment):
    peer("open", handle="a", name=name, data=INT, trailer=False)
    assert len(segment.read()) == 17
    mtime = peer("mtime", handle="a")["word"]
    assert peer("words", handle="a") == {
        "mtime": mtime,
        **dict.fromkeys(("writing", "commit", "wake", "waiters")),
    }


def test_what_raises(peer, name):
    peer("open", handle="a", name=name, data=INT)
    reply = peer.ask("assign", handle="a", data={"type": "str", "utf8_base64": ""})
    assert reply["ok"] is False and reply["raises"] == "MismatchError" and name in reply["message"]
    assert reply["bases"] == ["SharedObjectError", "BufferError", "Exception", "BaseException"]
    assert peer.ask("fetch", handle="b")["raises"] == "KeyError"
    assert peer.ask("_start")["raises"] == "ValueError"
    assert peer.ask("fetch")["raises"] == "TypeError"
    assert peer.send("not json") == {
        "id": None,
        "ok": False,
        "raises": "JSONDecodeError",
        "bases": ["ValueError", "Exception", "BaseException"],
        "message": "Expecting value: line 1 column 1 (char 0)",
    }
    peer("close", handle="a")
    assert peer.ask("fetch", handle="a")["ok"] is False


def test_locks(peer, name):
    peer("open", handle="a", name=name, data=INT)
    for mode, free in (("sh", True), ("ex", False)):
        peer("lock", handle="a", mode=mode)
        assert peer("try_lock", name=name, mode="sh") is free
        assert peer("try_lock", name=name, mode="ex") is False
        with SharedObject(name) if free else open(SHM / name):
            pass
        peer("unlock", handle="a")
        assert peer("try_lock", name=name, mode="ex") is True


@pytest.mark.parametrize("writer", ["handle", "plain_name"])
@pytest.mark.parametrize("reader", ["handle", "plain_name"])
def test_loops_never_see_a_mixed_value(peer, name, writer, reader):
    values = [to_json(np.full(2000, i, np.int64)) for i in range(5)]
    readers = PeerProcess()
    peer("open", handle="w", name=name, data=values[0])
    readers("open", handle="r", name=name)
    on = {"handle": {"handle": "w"}, "plain_name": {"plain_name": name}}
    peer("write_loop", values=values, count=3000, **on[writer])
    on["handle"] = {"handle": "r"}
    readers("read_loop", values=values, **on[reader])
    on["handle"] = {"handle": "w"}
    assert peer("stop_loop", wait=True, **on[writer]) == {"count": 3000}
    on["handle"] = {"handle": "r"}
    result = readers("stop_loop", **on[reader])
    assert result["wrong"] == 0, result
    readers("read_loop", values=[values[0]], count=3, **on[reader])
    result = readers("stop_loop", wait=True, **on[reader])
    assert result["count"] == result["wrong"] == 3 and result["first_wrong"] == values[4]
    assert readers.end() == (0, "")


def test_a_loop_that_fails_says_so(peer, name):
    peer("open", handle="a", name=name, data=INT)
    peer("write_loop", handle="a", values=[INT, {"type": "none"}])
    assert peer.ask("stop_loop", handle="a", wait=False)["ok"] in (True, False)
    peer("write_loop", handle="a", values=[{"type": "none"}], count=1)
    assert peer.ask("stop_loop", handle="a", wait=True)["raises"] == "MismatchError"


@pytest.mark.parametrize("value", VALUES[1:10], ids=IDS[1:10])
def test_a_plain_peer_agrees(peer, name, segment, value):
    peer("plain_create", name=name, value=to_json(value))
    with SharedObject(name) as so:
        plain_bytes = segment.read()
        assert bits(so.fetch()) == bits(value)
        so.assign(value)
        assert segment.read()[8:] == plain_bytes[8:]
        assert bits(from_json(peer("plain_fetch", name=name))) == bits(value)
        peer("plain_trigger", name=name)
        assert so.triggered and not so.triggered
        peer("plain_assign", name=name, value=to_json(value))
        assert so.triggered and bits(so.fetch()) == bits(value)
    assert peer.ask("plain_assign", name=name, value=to_json(np.zeros(9)))["raises"] == "BufferError"
    assert peer("unlink", name=name) is None


@pytest.mark.parametrize("stage", ["open", "truncate", "metadata"])
def test_a_plain_peer_that_stops_half_way(peer, name, stage):
    peer("plain_create", name=name, value=INT, stop_after=stage)
    if stage == "metadata":
        with SharedObject(name) as so:
            with pytest.raises(NeverAssignedError):
                so.fetch()
            peer("plain_assign", name=name, value=INT)
            assert so.modified and so.fetch() == 5
    else:
        with pytest.raises(BeingMadeError):
            SharedObject(name, creation_timeout=0)


def test_waiting_peers(peer, name):
    peer("open", handle="a", name=name, data=INT)
    assert peer("wait", handle="a", timeout=0) is False
    assert peer.ask("fetch_next", handle="a", timeout=0)["raises"] == "WaitTimeoutError"
    assert peer.ask("async_fetch_next", handle="a", timeout=0)["raises"] == "WaitTimeoutError"
    with SharedObject(name) as so:
        peer("watch", handle="a")
        for i in range(1, 4):
            so.assign(i)
        expected = {"type": "int", "value": "3"}
        watched = peer("stop_watch", handle="a", count=1, last=expected)
        assert watched["last"] == expected and 1 <= watched["count"] <= 3 and watched["remounts"] == 0
        for call in ("fetch_next", "async_fetch_next"):
            so.assign(4)
            assert peer(call, handle="a", timeout=10)["value"] == "4"
        so.trigger()
        peer("open", handle="b", name=name)
        assert peer("wait_any", handles=["a", "b"]) == ["a"]
        assert peer("wait_all", handles=["a", "b"], timeout=0) is False
        assert peer("wait_triggered", handle="a") is True


def test_peers_and_segments_that_come_and_go(peer, name):
    assert peer.ask("open_wait", handle="a", name=name, timeout=0.001)["raises"] == "WaitTimeoutError"
    assert peer("exists", name=name) is False
    with SharedObject(name, data=5) as so:
        assert peer("exists", name=name) is True
        assert peer("open_wait", handle="a", name=name) == {"object_type_idx": 2, "nbytes": 17}
        assert peer("links", handle="a") == {"is_linked": True, "is_stale": False}
        so.unlink()
        assert peer("links", handle="a") == {"is_linked": False, "is_stale": False}
        assert peer("republish", handle="a") is True
        assert so.is_stale and so.remount() and peer("remount", handle="a") is False
        peer("watch", handle="a")
        so.unlink()
        with SharedObject(name, data=6):
            watched = peer("stop_watch", handle="a", count=1)
            assert watched == {"count": 1, "last": {"type": "int", "value": "6"}, "remounts": 1}


def test_ready_peers(peer):
    pid = peer("signal_ready")
    wait_ready(pid, 10)
    assert peer.ask("wait_ready", pid=pid, timeout=0.001)["raises"] == "WaitTimeoutError"
    unlink(f"proc_{pid}_ready")


def test_exit_unlinks_nothing(name):
    peer = PeerProcess()
    peer("plain_create", name=name, value=INT)
    peer("plain_assign", name=name, value=INT)
    peer("open", handle="a", name=name)
    peer("write_loop", plain_name=name, values=[INT])
    assert peer("exit") is None
    assert peer.end() == (0, "")
    assert SharedObject(name).fetch() == 5
