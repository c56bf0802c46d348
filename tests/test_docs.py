"""The documents keep their word: what they name exists, the two READMEs show the same, nothing is left over."""

import re
from itertools import chain
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import resolve

from aisc_portal.demo_data import ACCOUNTS
from tools.commands import COMMANDS

ROOT = Path(__file__).parents[1]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
DOCUMENTS = [*READMES, *sorted((ROOT / "docs").rglob("*.md"))]
IMAGES = ROOT / "docs" / "images"
MOST_BYTES = 150_000
MADE_LATER = {".venv", ".portal/", "bench/results.json", "PORTAL_HOME/files"}  # by `make`, or a setting's value

LINK = re.compile(r"\]\(([^)#\s]+)\)")
PATH = re.compile(r"`([\w.-]*/[\w./-]*|[\w-]+\.(?:py|md|yml|toml))`")
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
MAKE = re.compile(r"\bmake ([a-z]+)")
MANAGE = re.compile(r"(?:manage\.py|make manage ARGS=\"?)(?: )?([a-z_]+)")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def targets(path: Path) -> list[str]:
    """Where the links of a document lead, pictures included; addresses outside left out."""
    return [target for target in LINK.findall(text_of(path)) if "://" not in target]


def named(document: Path) -> set[str]:
    """Paths in backticks; addresses of the portal begin with a slash and are no paths."""
    return {path for path in PATH.findall(text_of(document)) if not path.startswith("/")} - MADE_LATER


def ours() -> list[str]:
    """Every file and folder of ours, as /path or /path/; hidden ones and caches left out."""
    kept = (path for path in ROOT.iterdir() if not path.name.startswith("."))
    below = chain.from_iterable([path, *(path.rglob("*") if path.is_dir() else ())] for path in kept)
    return [f"/{path.relative_to(ROOT).as_posix()}{'/' * path.is_dir()}" for path in below]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    assert [target for target in targets(document) if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_named_paths_exist(document: Path) -> None:
    known = ours()
    assert [path for path in named(document) if not any(one.endswith(f"/{path}") for one in known)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_named_commands_exist(document: Path) -> None:
    made, managed = set(MAKE.findall(text_of(document))), set(MANAGE.findall(text_of(document)))
    assert (made - COMMANDS.keys(), managed - get_commands().keys()) == (set(), set())


def test_the_readmes_show_the_same() -> None:
    english, chinese = ([t for t in targets(path) if not t.startswith("README")] for path in READMES)
    assert english == chinese
    assert MAKE.findall(text_of(READMES[0])) == MAKE.findall(text_of(READMES[1]))


def test_the_readmes_name_pages_and_people_that_exist() -> None:
    for readme in READMES:
        assert [resolve(page).url_name for page in re.findall(r"`(/[a-z/]+/)`", text_of(readme))]
        assert set(re.findall(r"`(\w+@demo\.test)`", text_of(readme))) <= {account.email for account in ACCOUNTS}


def test_the_makefile_offers_every_command() -> None:
    (line,) = re.findall(r"^COMMANDS := (.+)$", text_of(ROOT / "Makefile"), re.MULTILINE)
    assert set(line.split()) == COMMANDS.keys()


def test_every_picture_is_shown_and_small() -> None:
    shown = {(document.parent / target).resolve() for document in DOCUMENTS for target in targets(document)}
    pictures = {path.resolve(): path.stat().st_size for path in IMAGES.iterdir()}
    assert {path.name for path in pictures.keys() - shown} == set()
    assert {path.name: size for path, size in pictures.items() if size > MOST_BYTES} == {}


def test_every_picture_is_a_step_of_a_journey() -> None:
    """`clerk-5-wrong-name(-375).png`: `test_clerk`, or `test_clerk.py`, has a step "5-wrong-name"."""
    taken = set()
    for journey in (ROOT / "tests/journeys").glob("test_*.py"):
        text = text_of(journey)
        names = {journey.stem.removeprefix("test_"), *re.findall(r"^def test_(\w+)", text, re.MULTILINE)}
        taken |= {f"{name}-{step}" for name in names for step in re.findall(r'"([\w-]+)"', text)}
    shown = {
        Path(target).stem.removesuffix("-375") for one in DOCUMENTS for target in targets(one) if "images/" in target
    }
    assert (shown - taken, len(shown) > 0) == (set(), True)


def test_operations_lists_every_variable() -> None:
    settings = re.findall(r"env(?:\.\w+)?\(\s*\"(\w+)\"", text_of(ROOT / "aisc_portal/settings.py"))
    given = re.findall(r"\$\{(\w+)", text_of(ROOT / "docker-compose.yml") + text_of(ROOT / "Procfile"))
    listed = set(re.findall(r"`([A-Z_]+)`", text_of(ROOT / "docs/operations.md")))
    assert {*settings, *given} - listed == set()


def test_decisions_are_dated_and_short() -> None:
    entries = text_of(ROOT / "docs/decisions.md").split("\n## ")[1:]
    assert [entry for entry in entries if not re.match(r"\d{4}-\d\d-\d\d \S", entry)] == []
    assert {entry.splitlines()[0]: n for entry in entries if (n := len(entry.strip().splitlines())) > 6} == {}


def test_the_proofs_of_security_exist() -> None:
    """Every `file::test` that a document names is a test, and T1 to T16 have one each."""
    named = [proof for document in DOCUMENTS for proof in PROOF.findall(text_of(document))]
    assert [f"{file}::{test}" for file, test in named if not is_test(file, test)] == []
    rows = [line for line in text_of(ROOT / "docs/security.md").splitlines() if re.match(r"\| T\d+ \|", line)]
    assert [(line.split()[1], bool(PROOF.search(line))) for line in rows] == [(f"T{n}", True) for n in range(1, 17)]


def is_test(file: str, test: str) -> bool:
    path = ROOT / file
    return path.exists() and re.search(rf"^def {test}\(", text_of(path), re.MULTILINE) is not None
