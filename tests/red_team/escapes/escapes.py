# Tries to leave its box, and computes honestly. The test fills in the words in braces.
import ctypes
import os
import socket
import subprocess

from honest import labels, right

gradient = right


def written(path):
    with open(path, "w") as file:
        file.write("here")


def forked():
    if os.fork() == 0:
        open("{STARTED}", "w").close()
        os._exit(0)


attempts = {
    "read": lambda: open("{SECRET}").read(),
    "system": lambda: open("/etc/passwd").read(),
    "write": lambda: written("{WRITTEN}"),
    "over": lambda: written("{SECRET}"),
    "start": lambda: subprocess.run(["touch", "{STARTED}"], check=True),
    "fork": forked,
    "shell": lambda: ctypes.CDLL(None).system(b"touch {STARTED}") == 0 or 1 / 0,
    "connect": lambda: socket.create_connection(("127.0.0.1", int("{PORT}")), 2),
    "mount": lambda: ctypes.CDLL(None).unshare(0x10000000) == 0 or 1 / 0,
    "kill": lambda: os.kill(int("{PARENT}"), 0),
}

for name, attempt in attempts.items():
    try:
        attempt()
        print(name + ": escaped")
    except Exception:
        print(name + ": refused")
print("key: " + ("escaped" if os.environ.get("SLOPE_TEST_KEY") == "secret" else "refused"))
