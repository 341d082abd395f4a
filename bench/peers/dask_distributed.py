"""The work that is measured, in Dask with two worker processes: `python dask_distributed.py`, then requests on stdin.
Everything stays in the workers' memory. `batched` is a map by hand in batches of 10,000."""

import time

from distributed import Client, LocalCluster
from serve import serve


def inc(x):
    return x + 1


def numbers(n):
    return list(range(n))


def total(xs):
    return sum(xs)


def inc_batch(start, end):
    return [inc(x) for x in range(start, end)]


def spin(_):
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
    return 1


def uneven(x, stage):
    time.sleep(((x * 7 + stage * 13) % 20) / 1000)
    return x + 1


def works(client):
    # `pure=False`: else Dask knows the result of the same call from the run before.
    def submit(fn, *args):
        return client.submit(fn, *args, pure=False)

    def mapped(fn, *args):
        return client.map(fn, *args, pure=False)

    def chain(n):
        x = 0
        for _ in range(n):
            x = submit(inc, x)
        return x.result()

    def batched(n, batch=10_000):
        starts = range(0, n, batch)
        ends = [min(start + batch, n) for start in starts]
        return sum(client.gather(mapped(total, mapped(inc_batch, starts, ends))))

    def stages(n):
        xs = range(n)
        for stage in range(3):
            xs = mapped(uneven, xs, [stage] * n)
        return submit(total, xs).result()

    return {
        "seed": lambda n: submit(total, mapped(inc, submit(numbers, n).result())).result(),
        "map": lambda n: submit(total, mapped(inc, range(n))).result(),
        "chain": chain,
        "batched": batched,
        "cpu": lambda n: sum(client.gather(mapped(spin, range(n)))),
        "stages": stages,
    }


if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        serve("Dask", works(client))
