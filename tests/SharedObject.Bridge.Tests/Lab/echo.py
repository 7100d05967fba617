"""Two ends of a connection, to see what a link between them does.

    echo.py serve PORT         sends back what it is sent
    echo.py call HOST PORT     for each line with a number: sends so many bytes, and says how many seconds later they were all back,
                               or "lost"; for a line "connect": connects anew, and says "connected" or "refused"
"""

import socket
import sys
import threading
import time


def echo(connection):
    try:
        while data := connection.recv(1 << 16):
            connection.sendall(data)
    except OSError:
        pass


def serve(port):
    listener = socket.create_server(("0.0.0.0", int(port)))
    print("ready", flush=True)

    def listen():
        while True:
            threading.Thread(target=echo, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    for _ in sys.stdin:
        print("ready", flush=True)


def connect(host, port):
    connection = socket.create_connection((host, int(port)))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def there_and_back(connection, size):
    began = time.monotonic()
    threading.Thread(target=connection.sendall, args=(bytes(size),), daemon=True).start()
    while size > 0:
        got = len(connection.recv(1 << 16))
        if got == 0:
            raise ConnectionError
        size -= got
    return time.monotonic() - began


def call(host, port):
    connection = connect(host, port)
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            if line.strip() == "connect":
                # A link that refuses may do so only when it has been connected to.
                connection = connect(host, port)
                there_and_back(connection, 1)
                print("connected", flush=True)
            else:
                print(there_and_back(connection, int(line)), flush=True)
        except OSError:
            print("refused" if line.strip() == "connect" else "lost", flush=True)


{"serve": serve, "call": call}[sys.argv[1]](*sys.argv[2:])
