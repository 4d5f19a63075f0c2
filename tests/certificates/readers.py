"""Programs of others that read our PDFs."""

import subprocess


def run(*command: str) -> str:
    """What it says; a complaint of the program fails the test."""
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    # pdfsig ends with 2 when a signature is broken: what it says is the answer.
    assert result.returncode == 0 or command[0] == "pdfsig", result.stderr
    return result.stdout
