"""`pets alerts`: what an operator should know: list, acknowledge, mute, send a test.

Examples: `pets alerts list`, `pets alerts ack ID`, `pets alerts test webhook`.
"""

from typing import Annotated

import typer

from api.cli.asking import FAILED, Json, Reason, finish, get, part, send
from api.cli.printing import show

app = typer.Typer(no_args_is_help=True, help=__doc__)
COLUMNS = ("alert_id", "severity", "rule", "scope", "detail", "count", "last_at", "open")
CHANNELS = ("name", "on", "detail", "last_sent_at", "last_error")
AlertArgument = Annotated[str, typer.Argument(help="As `pets alerts list` prints it.")]


@app.command("list")
def list_alerts(
    everything: Annotated[
        bool, typer.Option("--all", help="Acknowledged and resolved ones as well.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Print alerts, the one raised last first.

    Example: pets alerts list --json
    """
    answer = get("/alerts", open_only="false" if everything else "true")
    show(answer, COLUMNS, as_json=as_json, none="No alert is open.")


@app.command()
def ack(alert_id: AlertArgument, reason: Reason = "operator", as_json: Json = False) -> None:
    """Take note of an alert; it opens anew when it comes back.

    Example: pets alerts ack ID
    """
    after = send("POST", f"/alerts/{part(alert_id)}/acknowledge", {"reason": reason})
    done = not after["open"]
    said = f"{after['rule']} is acknowledged." if done else f"{after['rule']} is still open."
    finish(after, said, as_json=as_json, code=0 if done else FAILED)


@app.command()
def mute(
    alert_id: AlertArgument,
    minutes: Annotated[int, typer.Option(min=1, max=10_080, help="For so long.")] = 60,
    reason: Reason = "operator",
    as_json: Json = False,
) -> None:
    """Send nothing about an alert for a while; it stays on the list.

    Example: pets alerts mute ID --minutes 30
    """
    body = {"minutes": minutes, "reason": reason}
    after = send("POST", f"/alerts/{part(alert_id)}/mute", body)
    done = after["muted_until"] is not None
    said = f"{after['rule']} is muted for {minutes} min." if done else "It is not muted."
    finish(after, said, as_json=as_json, code=0 if done else FAILED)


@app.command()
def channels(as_json: Json = False) -> None:
    """Print where alerts are sent to, and how the others are switched on.

    Example: pets alerts channels
    """
    show(get("/alerts/channels"), CHANNELS, as_json=as_json, none="There is no channel.")


@app.command("test")
def send_test(
    channel: Annotated[str, typer.Argument(help="webhook, telegram or mail.")],
    as_json: Json = False,
) -> None:
    """Send a test over one channel and say what became of it.

    Example: pets alerts test webhook
    """
    sent = send("POST", f"/alerts/channels/{part(channel)}/test", {})
    finish(sent, sent["detail"], as_json=as_json, code=0 if sent["sent"] else FAILED)
