#!/usr/bin/env python3
"""Digests of tests/golden/*.copy, version 1, by a second implementation: Debian's xxh128sum.

tests/digest/known_answers.py > tests/digest/known_answers.txt
Each line: name of the golden file, rows, bytes of framed fields, sum of row digests.
"""
import pathlib
import struct
import subprocess

HEADER_BYTES = 19
GOLDEN = pathlib.Path(__file__).parent.parent / "golden"


def rows(stream):
    at = HEADER_BYTES
    while (count := struct.unpack_from(">h", stream, at)[0]) != -1:
        at += 2
        begin = at
        for _ in range(count):
            at += 4 + max(struct.unpack_from(">i", stream, at)[0], 0)
        yield stream[begin:at]


def xxh128(data):
    line = subprocess.run(["xxh128sum"], input=data, capture_output=True, check=True).stdout
    return int(line.split()[0], 16)


for path in sorted(GOLDEN.glob("*.copy")):
    fields = list(rows(path.read_bytes()))
    digest = sum(map(xxh128, fields)) % 2**128
    print(path.stem, len(fields), sum(map(len, fields)), f"{digest:032x}")
