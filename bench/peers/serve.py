"""What every Python peer does the same: answers requests on stdin with one JSON line each. A request is a line
`<work> <n> <runs>`, for example `map 1000 3`. stdout belongs to the answers: whatever a library prints goes to stderr."""

import json
import sys
import time
from statistics import median


def serve(peer, works):
    """`works` maps the name of a work to a function of n. Returns when stdin ends."""
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        work, n, runs = line.split()
        answer = {"peer": peer, "work": f"{work} {n}"}
        try:
            times = []
            for _ in range(int(runs)):
                before = time.perf_counter()
                answer["result"] = works[work](int(n))
                times.append(round((time.perf_counter() - before) * 1000, 1))
            answer.update(ms=median(times), runs=times)
        except Exception as error:
            answer["error"] = f"{type(error).__name__}: {error}"
        print(json.dumps(answer), file=answers, flush=True)
