"""The steps of the way of a message, read from the sources: every short transaction of the jobs is one."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("intake", "jobs", "delivery", "screening", "sent")

# At each of these somebody dies, right before its commit and right after it.
WALKED = {
    "intake.take_in",
    "intake.file",
    "intake._file",
    "jobs.sort",
    "jobs.sort 2",
    "jobs._line_news",
    "delivery.deliver",
    "delivery.settle",
    "delivery.media",
    "delivery._send 2",
    "delivery._send 3",
    "delivery._send 4",
    "delivery._send 5",
    "delivery._ask",
    "delivery._fetch",
    "delivery._fetch 2",
    "delivery._fetch 3",
    "delivery.forget",
    "screening.scan",
    "screening.scan 3",
    "sent._take",
    "sent._tick_off",
}
# What they write down is that something waits to be tried again; who dies here leaves the row as it was.
LEFT = {
    "intake.file 2": "gives a batch back that could not be filed; who dies here leaves it to its lease",
    "intake._wait_for_room": "test_disk_full.py fills the disk",
    "intake._try_later": "test_bad_input.py sends what cannot be filed",
    "screening.scan 2": "test_screening.py keeps what is too large for the scanner, which is asked again after a death",
    "delivery._send": "an attachment of ours is missing, which nothing outside can bring about",
}


def steps() -> dict[str, tuple[str, int]]:
    """Each step by its name («jobs.sort 2» is the second transaction of that function): its file and its line."""
    return {name: where for room in ROOMS for name, where in _in_room(ROOT / "app" / f"{room}.py")}


def _in_room(path: Path) -> Iterator[tuple[str, tuple[str, int]]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        seen: Counter[str] = Counter()
        for line in sorted(node.lineno for node in ast.walk(function) if _writes(node)):
            seen[function.name] += 1
            turn = seen[function.name]
            yield f"{path.stem}.{function.name}{f' {turn}' if turn > 1 else ''}", (path.stem, line)


def _writes(node: ast.AST) -> TypeGuard[ast.Call | ast.With]:
    """Whether it is a transaction, or the one statement that is one by itself."""
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).endswith(".at_once")
    return isinstance(node, ast.With) and any("transaction()" in ast.unparse(one.context_expr) for one in node.items)
