"""Runs a program in a pseudo-terminal of 80 x 24 and types for it.

    in_terminal.py '[["wait", "text"], ["send", "keys"], ["signal", "TERM"]]' program argument...

"wait" waits until the text was printed, behind what earlier waits have found; then all ends when the program does. Prints one JSON object: the output
as text, the exit code, and whether the terminal echoes as it did before. The watchdog of the test ends a wait that never ends.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios


def main():
    steps = json.loads(sys.argv[1])
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    before = termios.tcgetattr(slave)
    child = os.fork()
    if child == 0:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for descriptor in range(3):
            os.dup2(slave, descriptor)
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", LANG="C.UTF-8")
        os.environ.pop("NO_COLOR", None)
        signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored by what nohup starts, and inherited
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # the same of jobs in the background of a script
        os.execvp(sys.argv[2], sys.argv[2:])

    output = bytearray()
    found = 0
    status = None
    while status is None or select.select([master], [], [], 0.1)[0]:
        while steps:
            action, argument = steps[0]
            if action == "wait":
                at = output.find(argument.encode(), found)
                if at < 0:
                    break
                found = at + len(argument.encode())
            elif action == "send":
                os.write(master, argument.encode())
            else:
                os.kill(child, getattr(signal, "SIG" + argument))
            steps.pop(0)
        if select.select([master], [], [], 0.05)[0]:
            output += os.read(master, 65536)
        if status is None:
            ended, code = os.waitpid(child, os.WNOHANG)
            status = os.waitstatus_to_exitcode(code) if ended else None
    after = termios.tcgetattr(slave)
    echo = termios.ECHO | termios.ICANON
    restored = before[3] & echo == after[3] & echo
    print(json.dumps({"output": output.decode("utf-8", "replace"), "code": status, "restored": restored, "left": steps}))


main()
