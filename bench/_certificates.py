"""A process of its own that prints certificates: `python -m bench._certificates 1000`. Tells CPU seconds and its peak.

The fonts are cut by its child, as in the portal, so that the peak is of the printing alone.
"""

import json
import re
import sys
import time
from pathlib import Path

import django


def main(count: str) -> None:
    """Prints {"cpu": s, "wall": s, "mb": peak}."""
    django.setup()
    from faker import Faker

    from awards.certificates.rendering import CertificatePress
    from awards.certificates.signing import new_key
    from bench.bench_certificates import jobs_of, printed, sheet_of

    fake, key = Faker("zh_CN"), new_key()
    fake.seed_instance(20250929)
    sheets = [sheet_of(n, key, fake) for n in range(1, 1001)]
    press = CertificatePress.of(sheets)
    print("ready", flush=True)
    sys.stdin.readline()
    began, cpu = time.perf_counter(), time.process_time()
    for some in jobs_of([sheets[n % len(sheets)] for n in range(int(count))]):
        printed(press, some)
    peak = _peak()
    print(json.dumps({"cpu": time.process_time() - cpu, "wall": time.perf_counter() - began, "mb": peak}), flush=True)


def _peak() -> float:
    """MB of this program at its largest; `ru_maxrss` would begin with what the process that started it held."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    main(sys.argv[1])
