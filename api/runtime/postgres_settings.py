"""The embedded PostgreSQL's settings file."""

from pathlib import Path

from api.runtime.ports import LOOPBACK


def render_settings(port: int, data: Path, shared_buffers_mib: int) -> str:
    """The server's configuration: what initdb wrote into the data folder, then our own.

    What differs from PostgreSQL's defaults: loopback only and no socket file; memory for a
    database of some gigabytes; fewer checkpoints, since rows arrive all day; no just-in-time
    compilation, which costs more than our queries; UTC.
    """
    values = {
        "listen_addresses": f"'{LOOPBACK}'",
        "port": str(port),
        "unix_socket_directories": "''",
        "password_encryption": "'scram-sha-256'",
        "max_connections": "60",
        "shared_buffers": f"{shared_buffers_mib}MB",
        "effective_cache_size": "1GB",
        "work_mem": "16MB",
        "maintenance_work_mem": "64MB",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "1GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "log_destination": "'stderr'",
        "logging_collector": "off",
        "log_line_prefix": "'%m [%p] '",
    }
    quoted = str(data / "postgresql.conf").replace("'", "''")
    lines = "".join(f"{name} = {value}\n" for name, value in values.items())
    return f"include '{quoted}'\n{lines}"
