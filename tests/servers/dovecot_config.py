"""The few lines of configuration that Dovecot needs, in the words of 2.3 and of 2.4. Pure."""

import os
import pwd
from pathlib import Path

FOLDERS = {"Sent": "\\Sent", "Drafts": "\\Drafts", "Trash": "\\Trash", "Junk": "\\Junk"}


def written(
    version: str, folder: Path, port: int, owner: pwd.struct_passwd, password: str, *, introspection: str = ""
) -> str:
    """The configuration file of a server in that folder, whose mail belongs to that user."""
    new = tuple(int(part) for part in version.split(" ")[0].split(".")[:2]) >= (2, 4)
    lines = [*(_new(folder, owner, password) if new else _old(folder, owner, password)), *_common(folder, port)]
    return "\n".join([*lines, *(_oauth(folder, introspection, new=new) if introspection else [])])


def _oauth(folder: Path, introspection: str, *, new: bool) -> list[str]:
    told = ["introspection_mode = post", f"introspection_url = {introspection}", "username_attribute = username"]
    mechanisms = "auth_mechanisms = plain login xoauth2"
    if new:
        return [mechanisms, "passdb oauth2 {", "}", "oauth2 {", *told, "}", ""]
    (folder / "oauth2.conf").write_text("\n".join(told), encoding="utf-8")
    passdb = f"passdb {{\n  driver = oauth2\n  mechanisms = xoauth2\n  args = {folder}/oauth2.conf\n}}"
    return [mechanisms, passdb, ""]


def _common(folder: Path, port: int) -> list[str]:
    ours = pwd.getpwuid(os.geteuid())
    # Without root there is nobody else to become, and no chroot to go into.
    rootless = [
        f"default_internal_user = {ours.pw_name}",
        f"default_internal_group = {_group(ours)}",
        f"default_login_user = {ours.pw_name}",
        *(f"service {name} {{\n  chroot =\n}}" for name in ("anvil", "imap-login", "stats")),
    ]
    return [
        "protocols = imap",
        "listen = 127.0.0.1",
        f"base_dir = {folder}/run",
        f"state_dir = {folder}/state",
        f"log_path = {folder}/dovecot.log",
        "ssl = no",
        "mail_max_userip_connections = 100",
        "first_valid_uid = 1",
        "first_valid_gid = 1",
        *([] if ours.pw_uid == 0 else rootless),
        f"service imap-login {{\n  inet_listener imap {{\n    port = {port}\n  }}",
        "  inet_listener imaps {\n    port = 0\n  }\n}",
        "namespace inbox {\n  inbox = yes\n  separator = /",
        *(f"  mailbox {name} {{\n    auto = create\n    special_use = {use}\n  }}" for name, use in FOLDERS.items()),
        "}\n",
    ]


def _old(folder: Path, owner: pwd.struct_passwd, password: str) -> list[str]:
    return [
        "disable_plaintext_auth = no",
        "auth_mechanisms = plain login",
        "mail_location = maildir:~/Maildir",
        f'passdb {{\n  driver = static\n  args = "password={password}"\n}}',
        f"userdb {{\n  driver = static\n  args = uid={owner.pw_uid} gid={owner.pw_gid} home={folder}/homes/%u\n}}",
    ]


def _new(folder: Path, owner: pwd.struct_passwd, password: str) -> list[str]:
    return [
        "dovecot_config_version = 2.4.0",
        "dovecot_storage_version = 2.4.0",
        "auth_allow_cleartext = yes",
        "auth_mechanisms = plain login",
        "mail_driver = maildir",
        "mail_path = ~/Maildir",
        f'passdb static {{\n  password = "{password}"\n}}',
        f"userdb static {{\n  fields {{\n    uid = {owner.pw_uid}\n    gid = {owner.pw_gid}",
        f"    home = {folder}/homes/%{{user}}\n  }}\n}}",
    ]


def _group(user: pwd.struct_passwd) -> str:
    import grp

    return grp.getgrgid(user.pw_gid).gr_name
