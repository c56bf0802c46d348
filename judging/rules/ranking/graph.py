"""Which works can be compared: they hang together through judges that scored both (连通)."""

from collections.abc import Iterable


def groups_of(pairs: Iterable[tuple[str, str]]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The connected parts of the graph work – judge: (works, judges) of each, sorted; the largest part first."""
    above: dict[tuple[str, str], tuple[str, str]] = {}

    def root(node: tuple[str, str]) -> tuple[str, str]:
        while (upper := above.setdefault(node, node)) != node:
            above[node] = above[upper]
            node = above[node]
        return node

    for work, judge in pairs:
        above[root(("work", work))] = root(("judge", judge))
    parts: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    for node in sorted(above):
        works, judges = parts.setdefault(root(node), ([], []))
        (works if node[0] == "work" else judges).append(node[1])
    found = [(tuple(works), tuple(judges)) for works, judges in parts.values()]
    return sorted(found, key=lambda part: (-len(part[0]), part[0]))
