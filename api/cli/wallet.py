"""`pets wallet`: keys on this machine, and the money they command."""

import typer

from api.cli import wallet_keys

app = typer.Typer(no_args_is_help=True)
app.command("create")(wallet_keys.create)
app.command("import")(wallet_keys.import_key)
app.command("verify")(wallet_keys.verify)
app.command("restore")(wallet_keys.restore)
app.command("address")(wallet_keys.address)
