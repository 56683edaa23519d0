"""The fault matrix: every fault, what must hold, and the tests that prove it.

docs/faults.md is made from it by `make docs`.
"""

from pathlib import Path
from typing import NamedTuple


class Fault(NamedTuple):
    """One fault.

    Attributes:
        name: What goes wrong.
        done: What the test does; times are compressed where settings allow.
        holds: What must hold.
        tests: Where it is proven, `file::test`.
    """

    name: str
    done: str
    holds: str
    tests: tuple[str, ...]


_MONEY = "tests/contracts/test_execution_faults.py"
_FRAMES = "tests/faults/test_venue_frames.py"
_CONNECTOR = "tests/connectors/polymarket/test_connector.py"
_PROPERTY = "test_a_believed_book_is_the_venues_whatever_came_twice_late_or_in_pieces"
_ORDER = "Not applied; the book is SUSPECT, no bot opens on it, and it is read anew."
_UNREAD = "One dead letter with cause and bytes; books that may lack a change are read anew."

FAULTS: tuple[Fault, ...] = (
    Fault(
        "broker away",
        "Kafka is killed while a connector writes and a stage reads, and started again; after 20 s "
        "in the benchmark `bench_faults`.",
        "Writers wait, buffers are bounded, state and outputs equal those without the fault.",
        (
            "tests/integration/test_shell_broker_away.py::"
            "test_a_worker_and_a_connector_survive_a_killed_broker",
        ),
    ),
    Fault(
        "database away",
        "PostgreSQL is killed in the middle of a batch, twice, and started again; after 60 s each "
        "in `bench_faults`. It says goodbye after any statement of a batch.",
        "Heartbeats say so, the log goes on, every row is there once.",
        (
            "tests/integration/test_sinks_service.py::"
            "test_a_database_killed_and_back_loses_nothing",
            "tests/integration/test_sinks_goodbye.py::"
            "test_a_goodbye_after_any_statement_is_an_outage_and_the_batch_is_kept_afterwards",
        ),
    ),
    Fault(
        "database away for good",
        "The database never answers; another, empty one takes its place later.",
        "The sinks wait with bounded memory; the new one is filled from the whole log.",
        (
            "tests/integration/test_sinks_service.py::"
            "test_an_empty_database_is_filled_from_the_whole_log",
            "tests/integration/test_sinks_service.py::"
            "test_a_database_that_is_not_there_yet_is_waited_for",
        ),
    ),
    Fault(
        "disk full under the database",
        "Tables lie on a disk of 32 MiB that is filled while the sinks write (needs root).",
        "Heartbeats say so, the log goes on; with space again every row is there once.",
        (
            "tests/faults/test_database_full.py::"
            "test_a_full_database_is_said_waited_for_and_loses_nothing",
        ),
    ),
    Fault(
        "two connectors, two feeds",
        "A second one is started under the same name, and under another.",
        "Same name: the older ends and writes nothing more. Another: it stands by.",
        (
            "tests/integration/test_sole_writer.py::"
            "test_of_two_of_one_name_the_older_ends_and_writes_nothing_more",
            "tests/integration/test_sole_writer.py::"
            "test_a_second_instance_stands_by_until_the_first_is_silent",
        ),
    ),
    Fault(
        "configuration edited after a crash",
        "risk.yaml is edited while a killed gate has verdicts behind its checkpoint.",
        "They stay as they were; the edit is in force once, from a record of the log on.",
        (
            "tests/integration/test_configuration.py::"
            "test_verdicts_behind_the_checkpoint_stay_as_they_were_and_the_edit_takes_effect_once",
        ),
    ),
    Fault(
        "disk full under the session's file",
        "The session cannot be written: the device is full.",
        "A sentence; nothing ends; it is written when there is space again.",
        (
            "tests/faults/test_local.py::test_a_full_disk_under_the_session_is_said_and_ends_nothing",
        ),
    ),
    Fault(
        "disk full under the log",
        "Kafka may write no larger files from now on (RLIMIT_FSIZE).",
        "The broker ends; what it acknowledged is there when it starts with space again.",
        ("tests/faults/test_disk_full.py::test_a_broker_without_space_keeps_what_it_acknowledged",),
    ),
    Fault(
        "venue socket closed",
        "The venue closes every connection.",
        "Books are STALE at once; the connection comes back and so does trust.",
        (f"{_CONNECTOR}::test_a_dropped_connection_makes_books_stale_and_comes_back",),
    ),
    Fault(
        "market resolved in a gap",
        "A market resolves while the connection is lost; no frame tells it.",
        "What was listed, changed or resolved meanwhile is read over REST at the return, once.",
        (f"{_CONNECTOR}::test_what_resolved_while_nobody_listened_is_told_over_rest_once",),
    ),
    Fault(
        "market description of tomorrow",
        "Gamma describes a followed market in a version that nobody knows yet.",
        "It is paused, so nothing is opened in it, and counted; all others go on.",
        (
            f"{_CONNECTOR}::"
            "test_a_followed_market_of_a_version_of_tomorrow_is_paused_and_counted",
        ),
    ),
    Fault(
        "order replies of tomorrow",
        "The reply to an order has other fields than documented.",
        "Its outcome is unknown and looked up; nothing is opened any more, and the gate says why.",
        (
            "tests/connectors/polymarket/test_gateway.py::"
            "test_a_reply_of_another_form_is_no_answer_and_stops_what_opens",
        ),
    ),
    Fault(
        "user channel unreadable",
        "Garbage, cut JSON, events of another form.",
        "Nothing ends; it counts as a gap, and everything is compared before an order is placed.",
        (
            "tests/connectors/polymarket/test_gateway.py::"
            "test_a_message_that_cannot_be_read_is_a_gap_that_is_compared",
            "tests/connectors/polymarket/test_user_feed.py::"
            "test_what_cannot_be_read_is_counted_with_its_cause",
        ),
    ),
    Fault(
        "venue socket frozen",
        "Connected, and silent.",
        "Noticed within three seconds: STALE, replaced, trusted again.",
        (f"{_CONNECTOR}::test_a_silent_connection_is_noticed_within_three_seconds",),
    ),
    Fault(
        "partial frame, garbage, truncated JSON",
        "Frames cut at any place, binary, text, 20,000 brackets.",
        _UNREAD,
        (
            f"{_FRAMES}::test_a_frame_that_cannot_be_read_is_kept_and_every_book_is_read_anew",
            f"{_FRAMES}::test_a_bad_number_doubts_the_book_that_it_was_for",
            f"{_FRAMES}::test_nothing_that_a_venue_sends_ends_the_connector",
        ),
    ),
    Fault(
        "unknown event type",
        "An event of a type of tomorrow.",
        "One dead letter; books go on, their checks too.",
        (f"{_FRAMES}::test_an_unknown_event_type_is_kept_and_doubts_nothing",),
    ),
    Fault(
        "crossed book",
        "The venue sends a book whose bid is its ask.",
        "SUSPECT at the end of the batch, read anew, trusted again.",
        (f"{_CONNECTOR}::test_a_crossed_book_is_suspect_and_fetched_anew",),
    ),
    Fault(
        "off-grid price",
        "A price between two ticks.",
        "One dead letter, SUSPECT, read anew.",
        (
            "tests/connectors/polymarket/test_book_feed.py::"
            "test_an_off_grid_price_is_a_dead_letter_and_a_finding",
        ),
    ),
    Fault(
        "10 MB frame",
        "Ten megabytes that tell nothing.",
        "One dead letter with the first 32 KiB.",
        (f"{_FRAMES}::test_ten_megabytes_are_one_letter_with_the_beginning_of_them",),
    ),
    Fault(
        "frames duplicated",
        "Frames and trades come twice.",
        "The same frame again changes nothing; a trade counts once.",
        (f"{_FRAMES}::{_PROPERTY}", f"{_FRAMES}::test_a_trade_that_comes_twice_counts_once"),
    ),
    Fault(
        "frames reordered",
        "A frame comes behind a later one.",
        _ORDER,
        (f"{_FRAMES}::{_PROPERTY}",),
    ),
    Fault(
        "frames replayed",
        "Earlier frames come again; a garbled time of the future.",
        _ORDER,
        (
            f"{_FRAMES}::{_PROPERTY}",
            f"{_FRAMES}::test_a_garbled_time_of_the_future_heals_with_the_next_book",
        ),
    ),
    Fault(
        "machine clock steps an hour",
        "The machine's clock is set back and forward while the session runs.",
        "Session time neither jumps nor runs back, in no process of the session.",
        (
            "tests/faults/test_clock_steps.py::"
            "test_session_time_passes_as_time_does_however_the_clock_is_set",
            "tests/faults/test_clock_steps.py::"
            "test_a_process_that_starts_after_the_step_shows_the_sessions_time",
            "tests/faults/test_clock_steps.py::test_a_writer_an_hour_off_moves_no_stage_back",
        ),
    ),
    Fault(
        "YAML key misspelt",
        "A key of risk.yaml is misspelt.",
        "Nothing starts; the sentence names file, line and the keys there are.",
        ("tests/faults/test_local.py::test_a_misspelt_key_stops_the_start_with_its_line",),
    ),
    Fault(
        "message version of the future",
        "A message of an unknown type, a message with more fields, a checkpoint of another form.",
        "Unknown type: a dead letter. More fields: read. Checkpoint: refused with a sentence.",
        (
            "tests/faults/test_local.py::test_messages_of_the_future_are_set_aside_or_read",
            "tests/faults/test_local.py::test_a_checkpoint_of_the_future_is_refused",
        ),
    ),
    Fault(
        "poisoned message in a frame",
        "A stage raises on one message in the middle of a frame.",
        "It alone is a dead letter with offset and index; a retry reaches that stage once.",
        (
            "tests/integration/test_shell_worker.py::test_a_restarted_worker_goes_on_where_it_was",
            "tests/integration/test_dead_letters.py::"
            "test_a_retried_letter_reaches_its_reader_once_and_nobody_else",
        ),
    ),
    Fault(
        "slow consumer",
        "A stage needs longer for a message than the next takes to come.",
        "It falls behind and says so, loses nothing, and the writer does not wait for it.",
        ("tests/faults/test_slow_consumer.py::test_a_slow_stage_falls_behind_and_loses_nothing",),
    ),
    Fault(
        "gateway or execution killed",
        "kill -9 between sending orders and their answer, and between approval and sending.",
        "One order at the venue for each intent; told to stop, nothing stays open.",
        (
            "tests/integration/test_live_execution.py::"
            "test_killed_between_send_and_acknowledgement_an_intent_has_one_order",
        ),
    ),
    Fault(
        "venue answers wrongly to orders",
        "425, 429, 500, another order id, look-ups and cancels that fail.",
        "The ledger is the paper exchange's, each intent has one order, the venue agrees.",
        (f"{_MONEY}::test_the_same_day_comes_to_the_same_ledger_whatever_fails",),
    ),
    Fault(
        "user channel unsteady",
        "Frames are lost, doubled, swapped or renamed, fills are told late, the socket is lost.",
        "The same; what was missed is read over REST, and nothing is placed unseen meanwhile.",
        (f"{_MONEY}::test_the_same_day_comes_to_the_same_ledger_whatever_fails",),
    ),
    Fault(
        "trade fails on the chain",
        "A matched trade is retried and then FAILED.",
        "Its fill is undone, and wallet and ledger agree again.",
        (f"{_MONEY}::test_a_trade_that_fails_on_the_chain_is_undone_and_the_venue_agrees",),
    ),
)

_HEAD = """# Faults

What goes wrong, what must hold, and the tests that prove it. Made from `tests/faults/matrix.py` by
`make docs`.

| fault | what is done | what must hold | proven by |
|---|---|---|---|
"""


def faults_page() -> str:
    """docs/faults.md."""
    lines = []
    for fault in FAULTS:
        tests = ", ".join(f"`{test.rpartition('/')[2]}`" for test in fault.tests)
        lines.append(f"| {fault.name} | {fault.done} | {fault.holds} | {tests} |\n")
    return _HEAD + "".join(lines)


if __name__ == "__main__":
    Path("docs/faults.md").write_text(faults_page(), encoding="utf-8")
