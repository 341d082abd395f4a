"""The work that is measured, in Prefect 3 with its temporary server: `python prefect3.py [threads]`, then requests on
stdin. PREFECT_HOME must name a folder of its own."""

import os
import sys

os.environ.setdefault("PREFECT_LOGGING_LEVEL", "ERROR")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
os.environ.setdefault("DO_NOT_TRACK", "1")
# A busy machine must not make the temporary server too late.
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")

from prefect import flow, task
from prefect.task_runners import ThreadPoolTaskRunner
from serve import serve

threads = int(sys.argv[1]) if len(sys.argv) > 1 else 50


@task
def numbers(n):
    return list(range(n))


@task
def inc(x):
    return x + 1


@task
def total(xs):
    return sum(xs)


@flow(name="Parallel Data Pipeline", task_runner=ThreadPoolTaskRunner(max_workers=threads))
def pipeline(n: int):
    return total(inc.map(numbers(n)))


@flow(name="map", task_runner=ThreadPoolTaskRunner(max_workers=threads))
def mapped(n: int):
    return sum(inc.map(list(range(n))).result())


@flow(name="chain")
def chain(n: int):
    x = 0
    for _ in range(n):
        x = inc(x)
    return x


if __name__ == "__main__":
    serve("Prefect 3", {"seed": pipeline, "map": mapped, "chain": chain})
