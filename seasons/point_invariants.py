"""What must always hold of service records and points; the whole ledger is counted again."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from core.audit.invariants import Finding, states_are_legal
from registrations.states import ENTRY_IN

from .models import Dispute, ServiceHours, ServiceRecord
from .record_states import RECORD_HELD

STATEFUL = (ServiceRecord, Dispute)
# Each names what is wrong; nothing when all is well.
_COUNTED = """
    WITH counted AS (
        SELECT line.entry_id, period.month AS period, sum(line.points) AS points, count(*) AS lines,
               max(line.earned_at) FILTER (WHERE line.points > 0 AND NOT EXISTS (
                   SELECT FROM seasons_pointentry AS back WHERE back.reverses_id = line.id)) AS attained_at
          FROM seasons_pointentry AS line
          CROSS JOIN LATERAL (VALUES (''), (line.month)) AS period (month)
         GROUP BY line.entry_id, period.month
    )
    SELECT COALESCE(counted.entry_id, standing.entry_id), COALESCE(counted.period, standing.period)
      FROM counted FULL JOIN seasons_standing AS standing
        ON standing.entry_id = counted.entry_id AND standing.period = counted.period
      LEFT JOIN registrations_entry AS entry ON entry.id = standing.entry_id
     WHERE (counted.points, counted.lines, counted.attained_at, entry.state = ANY(%s), entry.track_id)
           IS DISTINCT FROM
           (standing.points, standing.lines::bigint, standing.attained_at, standing.in_ladder, standing.track_id)
     LIMIT 20
"""
_TALLIED = """
    SELECT COALESCE(s.period, t.period), COALESCE(s.points, t.points)
      FROM (SELECT edition_id, period, track_id, points, count(*) AS entries FROM seasons_standing
             WHERE in_ladder AND points > 0 GROUP BY 1, 2, 3, 4) AS s
      FULL JOIN (SELECT * FROM seasons_tally WHERE entries <> 0) AS t
        ON (s.edition_id, s.period, s.track_id, s.points) = (t.edition_id, t.period, t.track_id, t.points)
     WHERE s.entries IS DISTINCT FROM t.entries LIMIT 20
"""
_UNEXPLAINED = """
    SELECT line.id FROM seasons_pointentry AS line JOIN seasons_pointfact AS fact ON fact.id = line.fact_id
     WHERE line.entry_id <> fact.entry_id OR line.month <> fact.month OR fact.posted_at IS NULL LIMIT 20
"""
_STANDING_OF_VOID = """
    SELECT line.id FROM seasons_pointentry AS line JOIN seasons_pointfact AS fact ON fact.id = line.fact_id
     WHERE fact.voided_at IS NOT NULL AND line.reverses_id IS NULL
       AND NOT EXISTS (SELECT FROM seasons_pointentry AS back WHERE back.reverses_id = line.id) LIMIT 20
"""
_FACTLESS = """
    SELECT record.id FROM seasons_servicerecord AS record
     WHERE (record.state = 'passed') <> EXISTS (
           SELECT FROM seasons_pointfact AS fact WHERE fact.record_id = record.id AND fact.voided_at IS NULL) LIMIT 20
"""
_AT_ONCE = """
    SELECT one.id FROM seasons_servicehours AS one JOIN seasons_servicehours AS other
        ON other.user_id = one.user_id AND other.id > one.id AND other.counts
       AND other.starts_at < one.ends_at AND one.starts_at < other.ends_at
     WHERE one.counts LIMIT 20
"""


def invariants() -> Iterator[Finding]:
    """The standings are what the ledger adds up to; every line has its fact; nobody serves at two places at once."""
    uneven = _rows(_COUNTED, list(ENTRY_IN))
    yield "积分合计等于逐笔账目之和", [f"报名 {entry} {period or '总'}" for entry, period in uneven]
    yield "同分计数等于积分合计", [f"{period or '总'} {points} 分" for period, points in _rows(_TALLIED)]
    yield "每一笔账目都有同一报名、同一月份的事实", [f"账目 {key}" for (key,) in _rows(_UNEXPLAINED)]
    yield "作废的事实没有未冲正的账目", [f"账目 {key}" for (key,) in _rows(_STANDING_OF_VOID)]
    yield "通过的服务记录各有一条有效事实，其他的没有", [f"服务记录 {key}" for (key,) in _rows(_FACTLESS)]
    yield "没有人同时在两处服务", [f"服务时长 {key}" for (key,) in _rows(_AT_ONCE)]
    free = ServiceHours.objects.filter(counts=True).exclude(record__state__in=RECORD_HELD)
    yield "只有待审和通过的记录占用时间", [f"服务时长 {one.pk}" for one in free[:20]]
    for model in STATEFUL:
        yield states_are_legal(model)


def _rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(values))
        return cursor.fetchall()
