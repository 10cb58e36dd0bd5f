"""``manage.py drain_scans``: the drain of server mode, one process beside web and workers; two do no harm."""

from traceability import looks

from . import relay


class Command(relay.Command):
    help = "Write, once a second, the scans that wait in Redis or in the table; run one beside the workers."
    work = staticmethod(looks.drain)
