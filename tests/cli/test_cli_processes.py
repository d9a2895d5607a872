"""Large projects are worked on by several processes; nothing but the time may tell."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from harness import Desk, voice

COUNT = 1700
VIP = "5e1ec7ed0001"
CORES = os.cpu_count() or 1

SHARED_OUT = """
import os, sys, threading
from campaignctl.parallel import parallel_map
home, way = os.getpid(), sys.argv[1]

def work(items):
    if os.getpid() != home and way == "dies":
        os._exit(1)
    if os.getpid() != home and way == "raises":
        raise ValueError("in a copy alone")
    return [(item * item, os.getpid()) for item in items]

if way == "refused":
    import resource
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    if os.getuid() == 0:
        os.setuid(65534)  # the limit does not bind root
if way == "thread":
    threading.Thread(target=threading.Event().wait, daemon=True).start()
soon = None if way != "soon" else lambda item: item % 7 or item > 15_000
begun = []
made = list(parallel_map(work, range(int(sys.argv[2])), [lambda: begun.append(way)], made_soon=soon))
assert [square for square, _ in made] == [item * item for item in range(int(sys.argv[2]))]
assert all(worker == home for item, (_, worker) in enumerate(made) if soon and soon(item))
assert begun == [way] * (len({worker for _, worker in made}) > 1) or way in ("dies", "raises", "refused")
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print(len({worker for _, worker in made}))
"""

AHEAD = """
import os, time
from campaignctl.parallel import parallel_map
home, over = os.getpid(), []

def work(items):
    return [(item, bytes([item % 256]) * 10_000, os.getpid(), time.monotonic()) for item in items]

def besides():
    time.sleep(0.5)
    over.append(time.monotonic())

made = list(parallel_map(work, range(6000), [besides]))
assert [(item, text) for item, text, *_ in made] == [(it, bytes([it % 256]) * 10_000) for it in range(6000)]
ahead = {item // 100 for item, _, worker, at in made[1:] if worker != home and at < over[0]}
print(len(ahead))
"""

IN_TURN = """
import os, sys, threading
from campaignctl.parallel import in_turn
home, way, count = os.getpid(), sys.argv[1], int(sys.argv[2])

def work(item):
    if os.getpid() != home and way == "dies" and item >= count // 2:
        os._exit(1)
    if os.getpid() != home and way == "raises":
        raise ValueError("in a copy alone")
    return [item * item] * 1000, os.getpid()  # more than a pipe holds

if way == "refused":
    import resource
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    if os.getuid() == 0:
        os.setuid(65534)  # the limit does not bind root
with in_turn(work, range(count), 10_000) as made:
    if way == "left":
        assert next(made)[0][0] == 0
        sys.stdout.write("left ")
    else:
        if way != "refused":
            threading.Thread(target=threading.Event().wait, daemon=True).start()
        done = list(made)
        assert [each[0] for each, _ in done] == [item * item for item in range(count)]
        print(len({worker for _, worker in done} - {home}), home in {worker for _, worker in done}, end=" ")
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("alone")
"""

ON_CORES = """
import os, sys
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: int(sys.argv[1])])
from campaignctl.cli.main import main
main(sys.argv[2:])
"""
SEVERAL = pytest.mark.skipif(sys.platform != "linux" or CORES < 2, reason="one process does it all")


def on_cores(cores: int, project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, that may use so many cores."""
    environ = {**os.environ, "EXOTEL_API_KEY": "made-up", "EXOTEL_API_TOKEN": "made-up"}
    command = (sys.executable, "-c", ON_CORES, str(cores), *words)
    return subprocess.run(
        command, check=False, cwd=project, env=environ, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    ("way", "count", "processes"),
    [
        ("well", 5000, min(CORES, 8)),
        ("well", 10, 1),
        ("well", 0, 0),
        ("soon", 20000, min(CORES, 8)),
        ("soon", 10, 1),
        ("dies", 5000, 1),
        ("raises", 5000, 1),
        ("thread", 5000, 1),
        ("refused", 5000, 1),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere one process does it all")
def test_work_is_done_once_in_order_and_leaves_no_process_behind(
    way: str, count: int, processes: int
) -> None:
    words = (sys.executable, "-c", SHARED_OUT, way, str(count))
    said = subprocess.run(words, check=False, capture_output=True, text=True, timeout=60)
    assert said.stdout.strip() == str(processes), said.stderr


@SEVERAL
def test_a_copy_goes_on_while_nobody_takes_in_what_it_made_but_holds_no_more_than_some() -> None:
    """A portion is a megabyte here: one is in the pipe, four are held, and one waits to be."""
    done = subprocess.run(
        (sys.executable, "-c", AHEAD), check=False, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() in {"2", "3", "4", "5", "6", "7"}, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("way", "count", "said"),
    [
        ("well", 500, f"{min(CORES, 8)} False"),
        ("well", 0, "0 False"),
        ("dies", 500, f"{min(CORES, 8)} True"),
        ("raises", 500, "0 True"),
        ("refused", 500, "0 True"),
        ("left", 500, "left"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux" or CORES < 2, reason="one process does it all")
def test_what_is_wanted_in_turn_comes_in_turn_whatever_becomes_of_the_copies(
    way: str, count: int, said: str
) -> None:
    words = (sys.executable, "-c", IN_TURN, way, str(count))
    done = subprocess.run(words, check=False, capture_output=True, text=True, timeout=60)
    assert done.stdout == f"{said} alone\n", done.stderr


@pytest.mark.slow
@SEVERAL
def test_several_processes_find_what_one_finds(tmp_path: Path) -> None:
    (tmp_path / "campaigns").mkdir()
    (tmp_path / "campaignctl.yaml").write_text(
        "apiVersion: campaignctl/v1\nkind: Project\nmanifests: [campaigns/]\n"
    )
    for place in range(COUNT):
        manifest = voice(f"reminder-{place % (COUNT - 5):05d}")
        if place % 400 == 7:
            manifest["spec"]["shedule"] = {}
        if place % 400 == 8:
            manifest["spec"]["retries"] = {"number_of_retries": 2}
        text = json.dumps(manifest) if place % 400 != 9 else "apiVersion: [\n"
        (tmp_path / "campaigns" / f"{place:05d}.yaml").write_text(text)
    one, several = (on_cores(cores, tmp_path, "validate", "--format", "json") for cores in (1, 2))
    rules = {finding["rule"] for finding in json.loads(one.stdout)["findings"]}
    assert {"unknown-key", "needs", "syntax", "not-unique"} <= rules
    assert (several.stdout, several.stderr, several.returncode) == (one.stdout, one.stderr, one.returncode)


@pytest.mark.slow
@SEVERAL
@pytest.mark.parametrize("lists", [[VIP], [{"name": "VIP customers"}]], ids=["by SID", "by name"])
def test_several_processes_plan_what_one_plans(desk: Desk, lists: list[object]) -> None:
    desk.seed({"sid": VIP, "name": "VIP customers"}, collection="lists")
    for place in range(COUNT):
        manifest = voice(f"offer-{place:05d}", **{"from": ..., "lists": lists} if place % 100 == 0 else {})
        desk.write(f"campaigns/{place:05d}.yaml", json.dumps(manifest))
    one, several = (
        json.loads(on_cores(cores, desk.root, "plan", "--format", "json").stdout) for cores in (1, 2)
    )
    moments = (
        "created_at",
        "expires_at",
        "approval",
        "seal",
        "notes",
    )  # a note tells how far clocks are apart
    assert one["manifests"]["count"] == COUNT
    assert {key: one[key] for key in one if key not in moments} == {
        key: several[key] for key in several if key not in moments
    }
