"""The house stays in order: what may import what, what a file may hold. Read from the sources, without running them."""

import ast
import hashlib
import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from core.notices.rendering import COLOURS

ROOT = Path(__file__).parents[1]

# Apps import only leftwards; so do the parts of the ground floor.
APPS = ("core", "tracks", "registrations", "judging", "seasons", "awards", "aisc_portal")
# Plain modules come first.
GROUND = (("audit",), ("accounts",), ("files", "jobs"), ("notices",), ("portal_admin",), ("api",))
# Inside an app; a file with another name counts as high as the highest it leans on.
LAYERS = (
    ("states", "rules", "rulebook"),
    ("models",),
    ("access",),
    ("services",),
    ("forms", "sheets", "tasks"),
    ("views", "admin"),
)
# What the order forbids, and why it stands all the same.
ALLOWED_UPWARDS = {
    ("core.accounts.adapter", "core.notices.sms"): "a sign-in code goes out at once; it is no notice that waits",
}
IMPORTS_IN_FUNCTIONS: dict[str, str] = {  # "file: module" → reason
    f"{file}: {name}": "a process draws one file, and loading the library takes longer than drawing a picture"
    for file, name in (
        ("core/files/derived/child.py", "core.files.derived.films"),
        ("core/files/derived/child.py", "pypdfium2"),
        ("core/printing/codes_child.py", "pypdfium2"),
    )
}
IMPORTS_IN_FUNCTIONS |= {
    f"{file}/__init__.py: {name}": "ortools: 16 MB in every process, for two deeds of the organiser's"
    for file, name in (
        ("judging/rules/assignment", "judging.rules.assignment.planning"),
        ("seasons/rules/placing", "seasons.rules.placing.suggesting"),
    )
}
PURE = ("tracks.rulebook", "tracks.rules", "registrations.rules")  # and `rules` of every later app
PURE_LIBRARIES = {"phonenumbers", "stdnum", "pypinyin", "numpy", "ortools"}
CLOCKS = {"now", "today", "utcnow", "localtime", "monotonic"}

MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
PLACEHOLDER = re.compile(r"13800138\d{3}")
HEX_COLOUR = re.compile(r"(?<![&\w/])(?<!href=[\"'])#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6}|[0-9a-fA-F]{3,4})\b")
INLINE = re.compile(r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
OUTSIDE = re.compile(r"(?:https?:)?//[a-z0-9-]+\.[a-z0-9.-]+|@import", re.IGNORECASE)
NOT_A_REQUEST = {"http://www.w3.org", "//www.w3.org"}  # XML namespaces


# --- Reading the sources ----------------------------------------------------------------------------------


def files(*patterns: str, within: tuple[str, ...] = (".",)) -> Iterator[Path]:
    """Our files, without what tools put beside them (all of it in dotted folders, where files come and go)."""
    for folder in within:
        ours = list(below(ROOT / folder))
        for pattern in patterns:
            yield from sorted(path for path in ours if path.match(pattern))


def below(top: Path) -> Iterator[Path]:
    """Every file below a folder; dotted ones and caches are not entered."""
    for at, folders, names in os.walk(top):
        folders[:] = [name for name in folders if not name.startswith((".", "__pycache__"))]
        yield from (Path(at) / name for name in names)


def name_of(path: Path) -> str:
    """registrations/rules/__init__.py → registrations.rules"""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def sources() -> dict[str, tuple[Path, ast.Module]]:
    """Module → its file and syntax tree, of all our apps, migrations aside."""
    paths = [path for path in files("*.py", within=APPS) if "migrations" not in path.parts]
    return {name_of(path): (path, ast.parse(path.read_text(encoding="utf-8"))) for path in paths}


def targets(module: str, node: ast.AST) -> Iterator[str]:
    """The modules that an import statement reads, written out in full."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        package = module.split(".") if sources()[module][0].stem == "__init__" else module.split(".")[:-1]
        above = package[: len(package) - node.level + 1] if node.level else []
        base = ".".join([*above, *([node.module] if node.module else [])])
        yield from {f"{base}.{a.name}" if f"{base}.{a.name}" in sources() else base for a in node.names}


@cache
def imports(module: str) -> frozenset[str]:
    """Every module a module imports."""
    return frozenset(target for node in ast.walk(sources()[module][1]) for target in targets(module, node))


@cache
def reached(module: str) -> frozenset[str]:
    """Every module a module imports, and what those import in turn, among ours."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        fresh = {target for target in imports(waiting.pop()) if target in sources()} - found
        found |= fresh
        waiting += fresh
    return frozenset(found)


def app_of(module: str) -> str:
    """The Django app that a module belongs to: tracks, core.jobs, …; core for the ground floor's plain modules."""
    parts = module.split(".")
    nested = parts[0] == "core" and (ROOT / "core" / [*parts, ""][1] / "apps.py").exists()
    return ".".join(parts[: 2 if nested else 1])


def floor(module: str) -> tuple[int, int]:
    """How high a module lives: its app, and its part of the ground floor."""
    parts = [*module.split("."), ""]
    part = next((rank for rank, names in enumerate(GROUND, 1) if parts[1] in names), 0)
    return APPS.index(parts[0]), part if parts[0] == "core" else 0


def layer(module: str) -> int | None:
    """A module's layer inside its app by its name; None where the name says nothing."""
    first = module.removeprefix(app_of(module)).strip(".").split(".")[0]
    return next((rank for rank, names in enumerate(LAYERS) if first in names), None)


# --- Who may import whom ----------------------------------------------------------------------------------


def test_apps_import_only_leftwards() -> None:
    upwards = {
        (module, target)
        for module in sources()
        for target in imports(module)
        if target.split(".")[0] in APPS and floor(target) > floor(module)
    }
    assert upwards == ALLOWED_UPWARDS.keys()


def test_no_module_reaches_itself() -> None:
    assert [module for module in sources() if module in reached(module)] == []


def test_layers_inside_an_app() -> None:
    def mates(module: str) -> Iterator[str]:
        return (target for target in reached(module) if app_of(target) == app_of(module))

    upwards = [
        f"{module} → {target}"
        for module in sources()
        for target in mates(module)
        if (mine := layer(module)) is not None and (theirs := layer(target)) is not None and theirs > mine
    ]
    assert upwards == []


def test_no_imports_inside_functions() -> None:
    functions = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    found = {
        f"{path.relative_to(ROOT)}: {target}"
        for module, (path, tree) in sources().items()
        for function in ast.walk(tree)
        if isinstance(function, functions)
        for node in ast.walk(function)
        for target in targets(module, node)
    }
    assert found == IMPORTS_IN_FUNCTIONS.keys()


def pure_modules() -> list[str]:
    wanted = {*PURE, *(f"{app}.rules" for app in APPS)}
    return [module for module in sources() if any(f"{module}.".startswith(f"{name}.") for name in wanted)]


def test_rules_know_neither_django_nor_libraries() -> None:
    known = sys.stdlib_module_names | set(APPS) | PURE_LIBRARIES
    reads = {(m, t) for pure in pure_modules() for m in (pure, *reached(pure)) for t in imports(m)}
    assert {(module, target) for module, target in reads if target.split(".")[0] not in known} == set()


def test_rules_read_no_clock() -> None:
    found = {
        (module, node.attr)
        for pure in pure_modules()
        for module in (pure, *reached(pure))
        for node in ast.walk(sources()[module][1])
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS
    }
    clocks = {m for m in pure_modules() if {"core.clock", "time", "random"} & {*imports(m), *reached(m)}}
    assert (found, clocks) == (set(), set())


def test_contest_time_has_one_source() -> None:
    """These would pass the demo's clock by. Sessions, tokens and history keep real time: `timezone.now()`, UTC."""
    wrong = re.compile(r"\b(?:date\.today|datetime\.today|datetime\.utcnow)\(|\bdatetime\.now\((?!UTC\))")
    assert lines_with(wrong, (path for path, _ in sources().values())) == []


def test_no_signals_between_apps() -> None:
    found = [m for m in sources() if any(t.startswith("django.") and "signals" in t for t in imports(m))]
    assert [module for module in found if not module.endswith(".apps")] == []


# --- What a file may hold ---------------------------------------------------------------------------------


def lines_with(pattern: re.Pattern[str], paths: Iterator[Path], unless: set[str] = frozenset()) -> list[str]:
    """“file:line: what was found”, for every find that is not excused."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for match in pattern.finditer(line)
        if match[0] not in unless
    ]


def is_letter(path: Path) -> bool:
    """A mail's template: it brings its looks with it, since mail programs know no style sheets."""
    return path.parent == ROOT / "templates/notices" and not path.name.startswith("dev_mail")


def pages() -> Iterator[Path]:
    return (path for path in files("*.html", within=("templates",)) if not is_letter(path))


def test_no_trigger_is_switched_off() -> None:
    banned = re.compile(r"pgtrigger\s*\.\s*ignore|import.*\bignore\b|session_replication_role|DISABLE TRIGGER")
    ours = (path for path in files("*.py", within=(*APPS, "tools", "bench")))
    assert lines_with(banned, ours) == []


@pytest.mark.parametrize("kind", ["*.py", "*.html", "*.js"])
def test_a_file_fits_into_a_sitting(kind: str) -> None:
    ours = (p for p in files(kind) if not {"migrations", "vendor"} & set(p.parts))
    assert {str(p.relative_to(ROOT)): n for p in ours if (n := p.read_text(encoding="utf-8").count("\n")) > 400} == {}


def test_each_app_has_one_migration() -> None:
    numbered = [path for path in files("[0-9]*.py", within=APPS) if path.parent.name == "migrations"]
    assert {path.stem for path in numbered} == {"0001_initial"}


def test_colours_live_in_the_tokens() -> None:
    own = {ROOT / "static/css/tokens.css", ROOT / "static/icons/favicon.svg", ROOT / "core/notices/rendering.py"}
    ours = [*files("*.css", "*.js", "*.svg", within=("static",)), *files("*.html", within=("templates",))]
    ours += [path for path, _ in sources().values()]
    assert lines_with(HEX_COLOUR, (path for path in ours if path not in own and not is_vendored(path))) == []


def test_mails_have_the_colours_of_the_tokens() -> None:
    tokens = (ROOT / "static/css/tokens.css").read_text(encoding="utf-8").lower()
    white = {"#ffffff": "#fff"}
    assert {name: value for name, value in COLOURS.items() if white.get(value, value) not in tokens} == {}


def test_pages_hold_no_inline_script_or_style() -> None:
    assert lines_with(INLINE, pages()) == []


def test_nothing_comes_from_outside() -> None:
    ours = [p for p in files("*.html", "*.css", "*.js", "*.svg", within=("templates", "static")) if not is_vendored(p)]
    assert lines_with(OUTSIDE, iter(ours), unless=NOT_A_REQUEST) == []


def is_vendored(path: Path) -> bool:
    """A library's file; what it says in comments is its own."""
    return "vendor" in path.parts


def test_libraries_in_the_browser_are_as_noted() -> None:
    """static/vendor/README.md says where each comes from."""
    folder = ROOT / "static/vendor"
    noted = re.findall(r"^ +([0-9a-f]{64})  (\S+)$", (folder / "README.md").read_text(), re.MULTILINE)
    found = [(hashlib.sha256(path.read_bytes()).hexdigest(), path) for path in sorted(folder.rglob("*.js"))]
    assert {(digest, folder / name) for digest, name in noted} == set(found)


def test_no_phone_of_a_real_person() -> None:
    kinds = ("*.py", "*.html", "*.txt", "*.toml", "*.csv", "*.md", "*.yml", "*.po", "*.json", "*.example")
    assert [found for found in lines_with(MOBILE, files(*kinds)) if not PLACEHOLDER.search(found)] == []


def test_no_path_of_one_machine() -> None:
    kinds = ("*.py", "*.html", "*.toml", "*.md", "*.yml", "*.template", "*.sh", "Procfile", "Makefile")
    own = re.compile(r"(?<![\w/])/(?:work|root|home/\w+)/")
    assert lines_with(own, (path for path in files(*kinds) if path != Path(__file__))) == []
