"""Ways out of the house for alerts: webhook, Telegram, e-mail. Off without a key."""
