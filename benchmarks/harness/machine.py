"""What a result was measured on."""

import datetime
import importlib.metadata
import os
import platform
import subprocess

from turns import ENVIRONMENT

PACKAGES = ("torch", "transformers", "sae-lens", "transformer-lens", "dictionary-learning", "numpy")
# Those that decide which code runs.
FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_bf16", "amx_int8")


def cpu():
    with open("/proc/cpuinfo") as file:
        fields = [line.split(":", 1) for line in file if ":" in line]
    named = {key.strip(): value.strip() for key, value in fields}
    flags = named.get("flags", "").split()
    return {"model": named.get("model name", platform.machine()), "cores": os.cpu_count(),
            "flags": [flag for flag in FLAGS if flag in flags]}


def memory_gib():
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def describe(build):
    """Machine, versions, settings, and how busy the machine was at the beginning."""
    here = os.path.dirname(__file__)
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    versions["python"] = platform.python_version()
    trainer = os.path.join(build, "bin", "saelaw-trainer")
    versions["saelaw"] = output(trainer, "--version").split()[-1]
    versions["commit"] = output("git", "-C", here, "describe", "--always", "--dirty")
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": {**cpu(), "memory_gib": memory_gib(), "kernel": platform.release(),
                    "load_average_at_start": os.getloadavg()[0]},
        "versions": versions,
        "environment": ENVIRONMENT,
    }
