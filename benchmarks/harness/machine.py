"""What a result was measured on."""

import datetime
import importlib.metadata
import os
import pathlib
import platform
import shutil
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


def has_bf16():
    """Whether the CPU multiplies bf16 itself: where not, PyTorch's bf16 is slower than its fp32."""
    return "avx512_bf16" in cpu()["flags"]


def gpu():
    """Name and driver; None where there is no GPU."""
    if shutil.which("nvidia-smi") is None:
        return None
    return output("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader")


def memory_gib():
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def commit(build):
    """Of what was built: beside it where it came as an archive, else this checkout's."""
    noted = pathlib.Path(build, "commit")
    if noted.exists():
        return noted.read_text().strip()
    return output("git", "-C", os.path.dirname(__file__), "describe", "--always", "--dirty")


def describe(build):
    """Machine, versions, settings, and how busy the machine was at the beginning."""
    versions = {name: version(name) for name in PACKAGES}
    versions["python"] = platform.python_version()
    trainer = os.path.join(build, "bin", "saelaw-trainer")
    versions["saelaw"] = output(trainer, "--version").split()[-1]
    versions["commit"] = commit(build)
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": {**cpu(), "gpu": gpu(), "memory_gib": memory_gib(), "kernel": platform.release(),
                    "load_average_at_start": os.getloadavg()[0]},
        "versions": versions,
        "environment": ENVIRONMENT,
    }
