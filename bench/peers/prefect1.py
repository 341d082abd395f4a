"""The work that is measured, in Prefect 1: `python prefect1.py local|processes|dask`, then requests on stdin.
Everything stays in memory: nothing survives the process."""

import os
import sys

os.environ["PREFECT__LOGGING__LEVEL"] = "ERROR"

from prefect import Flow, task
from prefect.executors import DaskExecutor, LocalDaskExecutor, LocalExecutor
from serve import serve


@task
def numbers(n):
    return list(range(n))


@task
def inc(x):
    return x + 1


@task
def total(xs):
    return sum(xs)


def runner(executor):
    def run(flow, last):
        state = flow.run(executor=executor)
        if not state.is_successful():
            raise RuntimeError(state.message)
        return state.result[last].result

    return run


def works(executor):
    run = runner(executor)

    def pipeline(n):
        with Flow("Parallel Data Pipeline") as flow:
            last = total(inc.map(numbers(n)))
        return run(flow, last)

    def mapped(n):
        with Flow("map") as flow:
            last = inc.map(list(range(n)))
        return sum(run(flow, last))

    def chain(n):
        with Flow("chain") as flow:
            last = 0
            for _ in range(n):
                last = inc(last)
        return run(flow, last)

    return {"seed": pipeline, "map": mapped, "chain": chain}


def main(kind):
    if kind == "dask":
        from distributed import LocalCluster

        # One cluster for all runs: that it has to be started is no part of what is measured.
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
            serve("Prefect 1, Dask", works(DaskExecutor(address=cluster.scheduler_address)))
    elif kind == "processes":
        serve("Prefect 1, 2 processes", works(LocalDaskExecutor(scheduler="processes", num_workers=2)))
    else:
        serve("Prefect 1, local", works(LocalExecutor()))


if __name__ == "__main__":
    main(sys.argv[1])
