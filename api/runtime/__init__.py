"""What `make up` runs on: an embedded Kafka, an embedded PostgreSQL, one supervised process group.

Every long-running thing is a :class:`api.runtime.service.Service`, so that each can be replaced in
one file.
"""
