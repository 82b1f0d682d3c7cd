"""Every command there is."""

from app.cli.audit import audit_command
from app.cli.backup import backup_command, restore_command
from app.cli.doctor import doctor_command
from app.cli.kb import kb_command
from app.cli.lines import lines_command
from app.cli.mail import mail_command
from app.cli.people import people_command, town_halls_command
from app.cli.privacy import privacy_command
from app.cli.serve import clock_command, serve_command, tick_command, work_command
from app.cli.setup import init_command, upgrade_command
from app.cli.tokens import token_command
from app.cli.triage import triage_command
from app.cli.wires import listen_command, poll_command

COMMANDS = (
    audit_command,
    backup_command,
    clock_command,
    doctor_command,
    init_command,
    kb_command,
    lines_command,
    listen_command,
    mail_command,
    people_command,
    poll_command,
    privacy_command,
    restore_command,
    serve_command,
    tick_command,
    token_command,
    town_halls_command,
    triage_command,
    upgrade_command,
    work_command,
)
