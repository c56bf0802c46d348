"""What the database itself refuses in judging, whoever writes: the SQL of the triggers, and the sentences for it.

Scores: every write takes the round's advisory lock, shared, and only then reads the round's state; closing takes it
exclusively. So no score arrives after the snapshot was taken (measured: any other way let 10–23 in; reliability 3).
"""

from core.problems import Problem

LOCK_SPACE = 6  # first half of pg_advisory_xact_lock's two keys; the second is the round
BALLOT_SPACE = 7  # likewise of the live final; the second is the session

# Contest time, as `core.clock.now` tells it: production refuses an offset, so the table is empty there.
NOW = "clock_timestamp() + COALESCE((SELECT \"offset\" FROM core_clockoffset LIMIT 1), '0')"

TAKES_SCORES = "round_takes_scores"
WINDOW = "round_window"
HELD = "assignment_is_held"
SIGNED = "signed_sheet_stays"
RANGE = "mark_within_range"
RULES = "round_rules_stay"
TWO = "unlock_takes_two"
POOL = "pool_is_closed"

CHECKS = {
    TAKES_SCORES: Problem("round.closed", "本轮评分已经封存，不再接受改动"),
    WINDOW: Problem("round.window", "现在不在本轮的评分时间内，分数没有存入"),
    HELD: Problem("assignment.released", "这件作品已不在您名下，分数没有存入"),
    SIGNED: Problem("sheet.signed", "这件已经签名，不能再改。确需修改，请联系组委会退回重看"),
    RANGE: Problem("mark.range", "分数超出范围"),
    RULES: Problem("round.rules", "评分已经开始，评审规则不能再改"),
    TWO: Problem("unlock.two", "解封要两个人：申请人自己不能同意"),
    POOL: Problem("pool.closed", "本轮评分已经封存，不能再列入作品"),
}


def _refuse(constraint: str) -> str:
    """A statement that refuses under a constraint's name, so that `core.database.violated` can tell it."""
    return f"RAISE EXCEPTION '{constraint}' USING ERRCODE = '23514', CONSTRAINT = '{constraint}';"


# BEFORE a sheet is written. The assignment's row is locked too, so that a recusal and a score cannot pass each other.
SHEET_GUARD = f"""
    SELECT a.round_id, a.state INTO its_round, held FROM judging_assignment a WHERE a.id = NEW.assignment_id FOR SHARE;
    NEW.round_id := its_round;
    PERFORM pg_advisory_xact_lock_shared({LOCK_SPACE}, its_round::int);
    SELECT r.state, r.opens_at, r.closes_at INTO its_state, opens, closes FROM judging_round r WHERE r.id = its_round;
    IF its_state <> 'open' THEN {_refuse(TAKES_SCORES)} END IF;
    IF NEW.state <> 'void' AND held <> 'active' THEN {_refuse(HELD)} END IF;
    moment := {NOW};
    IF NEW.state NOT IN ('void') AND NOT (TG_OP = 'UPDATE' AND OLD.state = 'signed' AND NEW.state = 'draft')
       AND (moment < opens OR moment >= closes) THEN {_refuse(WINDOW)} END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'signed' AND (
        NEW.state = 'signed' OR NEW.total IS DISTINCT FROM OLD.total OR NEW.signed_at IS DISTINCT FROM OLD.signed_at
        OR NEW.state = 'draft' AND NEW.revision <> OLD.revision + 1
    ) THEN {_refuse(SIGNED)} END IF;
    RETURN NEW;
"""  # noqa: S608 - our own constants

# BEFORE a mark is written: by then its sheet has passed the guard above in the same transaction, or does so here.
MARK_GUARD = f"""
    SELECT s.round_id, s.state INTO its_round, held FROM judging_scoresheet s
     WHERE s.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.sheet_id ELSE NEW.sheet_id END FOR SHARE;
    PERFORM pg_advisory_xact_lock_shared({LOCK_SPACE}, its_round::int);
    SELECT r.state, r.points_max INTO its_state, most FROM judging_round r WHERE r.id = its_round;
    IF its_state <> 'open' THEN {_refuse(TAKES_SCORES)} END IF;
    IF held NOT IN ('draft', 'submitted') THEN {_refuse(SIGNED)} END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF NEW.points < 0 OR NEW.points > most
       OR NOT EXISTS (SELECT FROM judging_criterion c WHERE c.id = NEW.criterion_id AND c.round_id = its_round)
    THEN {_refuse(RANGE)} END IF;
    RETURN NEW;
"""  # noqa: S608 - our own constants

_FROZEN = (
    "blind, points_max, judges_per_work, aggregation, severity_k, normalise_panels, spread_threshold, tie_chain, "
    "follows_id, same_city"
)
RULES_STAY = f"""
    IF OLD.state <> 'draft' AND ({", ".join(f"NEW.{name.strip()}" for name in _FROZEN.split(","))}) IS DISTINCT FROM
       ({", ".join(f"OLD.{name.strip()}" for name in _FROZEN.split(","))}) THEN {_refuse(RULES)} END IF;
    RETURN NEW;
"""

PART_STAYS = f"""
    SELECT state INTO stage FROM judging_round
     WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.round_id ELSE NEW.round_id END;
    IF stage <> 'draft' THEN {_refuse(RULES)} END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""  # noqa: S608 - our own constants

UNLOCKED_BY_TWO = f"""
    IF NOT EXISTS (SELECT FROM judging_unlock u WHERE u.round_id = NEW.id AND u.state = 'approved') THEN
        {_refuse(TWO)}
    END IF;
    RETURN NEW;
"""

DECIDED_CANDIDATES = f"""
    IF (SELECT r.state FROM judging_round r WHERE r.id = NEW.round_id) IN ('locked', 'published') THEN
        {_refuse(POOL)}
    END IF;
    RETURN NEW;
"""  # noqa: S608 - our own constants

BALLOTS_OPEN = "session_takes_ballots"
CHOICES = "ballot_choices"
ONE_BALLOT = "one_ballot_an_identity"
CHECKS |= {
    BALLOTS_OPEN: Problem("ballot.closed", "投票没有开放，或者已经结束"),
    CHOICES: Problem("ballot.choices", "选择的个数不对"),
    ONE_BALLOT: Problem("ballot.twice", "您已经投过票了，每人一票"),
}

# BEFORE a ballot is cast: as with scores, whoever opens, closes or moves the vote on takes the session's lock
# exclusively. A row lock would do too, but hundreds of ballots a second would queue for one row's lockers.
BALLOT_GUARD = f"""
    PERFORM pg_advisory_xact_lock_shared({BALLOT_SPACE}, NEW.session_id::int);
    SELECT s.voting_open AND {NOW} < s.voting_ends_at, s.choices_min, s.choices_max, CASE WHEN s."window" = 'team'
           THEN s.current_id END INTO is_open, least, most, stage
      FROM judging_session s WHERE s.id = NEW.session_id;
    IF is_open IS NOT TRUE OR NEW.turn_id IS DISTINCT FROM stage THEN {_refuse(BALLOTS_OPEN)} END IF;
    IF NEW.turn_id IS NULL AND cardinality(NEW.choices) NOT BETWEEN least AND most
       OR NEW.turn_id IS NOT NULL AND (NEW.choices <> ARRAY[NEW.turn_id::int] OR most <= (
           SELECT count(*) FROM judging_ballot b WHERE b.session_id = NEW.session_id AND b.identity = NEW.identity))
    THEN {_refuse(CHOICES)} END IF;
    RETURN NEW;
"""  # noqa: S608 - our own constants
