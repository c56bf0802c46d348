"""Which works can be compared: they hang together through judges that scored both (连通)."""

from collections import defaultdict
from collections.abc import Iterable


def groups_of(pairs: Iterable[tuple[str, str]]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The connected parts of the graph work – judge: (works, judges) of each, sorted; the largest part first."""
    judges_of: dict[str, set[str]] = defaultdict(set)
    works_of: dict[str, set[str]] = defaultdict(set)
    for work, judge in pairs:
        judges_of[work].add(judge)
        works_of[judge].add(work)
    found = []
    while works_of:
        works: set[str] = set()
        judges: set[str] = set()
        reached = {next(iter(works_of))}
        while reached:
            judges |= reached
            new = set().union(*(works_of.pop(judge) for judge in reached)) - works
            works |= new
            reached = set().union(*(judges_of[work] for work in new)) - judges
        found.append((tuple(sorted(works)), tuple(sorted(judges))))
    return sorted(found, key=lambda part: (-len(part[0]), part[0]))
