"""The topics of control: commands, states and configurations; `topics/catalog.py` lists them."""

from schemas import control
from topics.spec import Cleanup, Scope, TopicSpec

COMMANDS = TopicSpec(
    "pets.control.commands.v1",
    (control.Command, control.CapitalAllocated),
    Scope.SCOPE,
    ("api",),
    ("archive",),
    "What operators asked for.",
)
CONTROL_STATES = TopicSpec(
    "pets.control.states.v1",
    (control.BotStateChanged,),
    Scope.SCOPE,
    ("gate",),
    ("api",),
    "Every bot's state; key is the bot id.",
    Cleanup.COMPACT,
)
CONFIGS = TopicSpec(
    "pets.control.configs.v1",
    (control.Configuration, control.ConfigurationInForce),
    Scope.SCOPE,
    ("gate", "api", "every stage at its start"),
    ("every stage at its start", "api", "cli"),
    "Every configuration, key is its fingerprint; and which is in force, key is the account.",
    Cleanup.COMPACT,
)
