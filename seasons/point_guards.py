"""What the database does by itself about points: totals, tallies, and the refusals that hold whoever writes."""

import pgtrigger

from registrations.states import ENTRY_IN

MONTH = r"\A20[0-9]{2}-(0[1-9]|1[0-2])\Z"
FROZEN = "ladder_is_open"
IN_LADDER = ", ".join(f"'{state}'" for state in ENTRY_IN)

# After a statement has added lines: nothing once frozen; then the totals, of all time (period '') and of each month.
# Since when an entry has its points is the latest moment of a line that stands; a reversal makes that count anew.
TOTAL = f"""
    IF EXISTS (
        SELECT FROM added JOIN registrations_entry AS entry ON entry.id = added.entry_id
          JOIN seasons_ladder AS ladder ON ladder.edition_id = entry.edition_id
         WHERE ladder.frozen_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the points are frozen' USING ERRCODE = 'check_violation', CONSTRAINT = '{FROZEN}';
    END IF;
    INSERT INTO seasons_standing AS standing
           (edition_id, track_id, entry_id, period, points, lines, attained_at, in_ladder)
    SELECT entry.edition_id, entry.track_id, entry.id, gain.period, gain.points, gain.lines, gain.attained_at,
           entry.state IN ({IN_LADDER})
      FROM (
        SELECT entry_id, month AS period, sum(points) AS points, count(*) AS lines,
               max(earned_at) FILTER (WHERE points > 0) AS attained_at FROM added GROUP BY entry_id, month
        UNION ALL
        SELECT entry_id, '', sum(points), count(*),
               max(earned_at) FILTER (WHERE points > 0) FROM added GROUP BY entry_id
      ) AS gain JOIN registrations_entry AS entry ON entry.id = gain.entry_id
     ORDER BY entry.id, gain.period
        ON CONFLICT (entry_id, period) DO UPDATE
       SET points = standing.points + EXCLUDED.points, lines = standing.lines + EXCLUDED.lines,
           attained_at = GREATEST(standing.attained_at, EXCLUDED.attained_at);
    IF EXISTS (SELECT FROM added WHERE reverses_id IS NOT NULL) THEN
        UPDATE seasons_standing AS standing SET attained_at = (
            SELECT max(line.earned_at) FROM seasons_pointentry AS line
             WHERE line.entry_id = standing.entry_id AND standing.period IN ('', line.month) AND line.points > 0
               AND NOT EXISTS (SELECT FROM seasons_pointentry AS back WHERE back.reverses_id = line.id)
        ) WHERE entry_id IN (SELECT entry_id FROM added WHERE reverses_id IS NOT NULL);
    END IF;
    RETURN NULL;
"""  # noqa: S608 - our own constants
# How many have exactly so many points: a rank is then a sum over few rows, however many entries there are.
TALLY = """
    INSERT INTO seasons_tally AS tally (edition_id, period, track_id, points, entries)
    SELECT edition_id, period, track_id, points, sum(step) FROM ({steps}) AS steps
     WHERE in_ladder AND points > 0
     GROUP BY edition_id, period, track_id, points HAVING sum(step) <> 0
     ORDER BY edition_id, period, track_id, points
        ON CONFLICT (edition_id, period, track_id, points) DO UPDATE SET entries = tally.entries + EXCLUDED.entries;
    RETURN NULL;
"""
_COLUMNS = "edition_id, period, track_id, points, in_ladder"
COME = f"SELECT {_COLUMNS}, 1 AS step FROM come"  # noqa: S608 - our own constants
MOVED = f"{COME} UNION ALL SELECT {_COLUMNS}, -1 FROM gone"  # noqa: S608
# A line that takes another back is its mirror image.
MIRROR = """
    IF NOT EXISTS (
        SELECT FROM seasons_pointentry AS line
         WHERE line.id = NEW.reverses_id AND line.reverses_id IS NULL AND line.points = -NEW.points
           AND (line.entry_id, line.fact_id, line.rule, line.month, line.earned_at)
             = (NEW.entry_id, NEW.fact_id, NEW.rule, NEW.month, NEW.earned_at)
    ) THEN
        RAISE EXCEPTION 'a reversal mirrors its line';
    END IF;
    RETURN NEW;
"""
# An entry that leaves the contest leaves the ladder; its lines stay. The ladder's lock comes first, as when posting.
LEAVE = f"""
    IF EXISTS (SELECT FROM seasons_standing WHERE entry_id = NEW.id) THEN
        PERFORM FROM seasons_ladder WHERE edition_id = NEW.edition_id FOR NO KEY UPDATE;
        UPDATE seasons_standing SET in_ladder = NEW.state IN ({IN_LADDER}), track_id = NEW.track_id
         WHERE entry_id = NEW.id;
    END IF;
    RETURN NULL;
"""  # noqa: S608
# Outside of a trigger nobody writes what the database counts.
COUNTED = pgtrigger.Trigger(
    name="is_counted",
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.Before,
    condition=pgtrigger.Condition("pg_trigger_depth() = 0"),
    func="RAISE EXCEPTION 'standings are counted by the database';",
)
