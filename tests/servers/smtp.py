"""An SMTP server of our own: takes mail in, remembers it, and answers badly at any step when told to."""

# The library finds its steps by these names.
# ruff: noqa: N802

import asyncio
import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ssl import SSLContext
from typing import Any
from urllib.parse import quote

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.process import free_port
from tests.servers.smtp_plan import Plan, Received, Step

USER = "consultas@example.es"
PASSWORD = "clave:de/prueba@1"


class Smtp:
    """One server. `received` is the mail it took in; `answer`, `hang` and `close_at` plan what it does next."""

    def __init__(self, *, tls: SSLContext | None = None) -> None:
        self.port = free_port()
        self.received: list[Received] = []
        self.connections = 0
        # The access token that XOAUTH2 takes.
        self.token = ""
        self._plans: list[Plan] = []
        self._tls = tls
        self._released = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._sessions: set[_Session] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.start()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        return ("127.0.0.1", self.port)

    def url(self, *, login: bool = False, password: str = PASSWORD) -> str:
        """The SMTP_URL of this server, without TLS; with user and password if asked."""
        who = f"{quote(USER, safe='')}:{quote(password, safe='')}@" if login else ""
        return f"smtp://{who}127.0.0.1:{self.port}?tls=no"

    def answer(self, step: Step, reply: str, *, recipient: str | None = None, times: int = 1) -> None:
        """The next such step meets this reply («450 4.2.1 …»); for one recipient only if named."""
        self._plans.append(Plan(step=step, reply=reply, recipient=recipient, times=times))

    def hang(self, step: Step, *, keep: bool = True, times: int = 1) -> None:
        """The next such step gets no answer until `release()`; a whole mail is kept or lost as told."""
        self._plans.append(Plan(step=step, hangs=True, keep=keep, times=times))

    def close_at(self, step: Step, *, keep: bool = True, times: int = 1) -> None:
        """The connection breaks off at the next such step; a whole mail is kept or lost as told."""
        self._plans.append(Plan(step=step, closes=True, keep=keep, times=times))

    def release(self) -> None:
        """Let go whatever hangs."""
        self._loop.call_soon_threadsafe(self._released.set)

    def forget_plans(self) -> None:
        """Whatever was planned and has not happened will not happen."""
        self._plans.clear()

    def empty(self) -> None:
        """Forget mail, plans and open connections."""
        self._run(self._drop_sessions())
        self.received.clear()
        self._plans.clear()
        self.connections = 0

    def start(self) -> None:
        """Listen on its address."""
        if self._server is None:
            self._server = self._run(self._listen())

    def stop(self) -> None:
        """From now on connections are refused, and the open ones are cut."""
        if self._server is not None:
            self._server.close()
            self._run(self._drop_sessions())
            self._server = None

    def close(self) -> None:
        """Stop it for good."""
        self.stop()
        self._run(self._cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def planned(self, step: Step, recipient: str | None) -> Plan | None:
        """What was planned for a step that happens now, used up by being asked for."""
        for plan in self._plans:
            if plan.step == step and plan.recipient in {None, recipient}:
                plan.times -= 1
                if not plan.times:
                    self._plans.remove(plan)
                return plan
        return None

    async def wait(self) -> None:
        """Wait for `release()`."""
        await self._released.wait()

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(self._session, *self.address)

    def _session(self) -> "_Session":
        self.connections += 1
        session = _Session(self, self._loop, self._tls)
        self._sessions.add(session)
        return session

    async def _drop_sessions(self) -> None:
        for session in self._sessions:
            session.cut()
        self._sessions.clear()
        self._released.set()
        await asyncio.sleep(0)
        self._released.clear()

    async def _cancel_all(self) -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)


class _Session(SMTP):
    """One connection. Each step first looks whether something else was planned for it."""

    def __init__(self, home: Smtp, loop: asyncio.AbstractEventLoop, tls: SSLContext | None) -> None:
        self._home = home
        super().__init__(
            self,
            hostname="smtp.example",
            ident="de prueba",
            loop=loop,
            tls_context=tls,
            auth_require_tls=False,
            authenticator=_authenticate,
            enable_SMTPUTF8=True,
        )

    def cut(self) -> None:
        """Break the connection off."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def _handle_client(self) -> None:
        if not await self._met("connect"):
            await super()._handle_client()
        elif self.transport is not None:
            self.transport.close()

    async def smtp_EHLO(self, hostname: str) -> None:
        if not await self._met("ehlo"):
            await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:
        if not await self._met("ehlo"):
            await super().smtp_HELO(hostname)

    async def smtp_AUTH(self, arg: str) -> None:
        if not await self._met("auth"):
            await super().smtp_AUTH(arg)

    async def auth_XOAUTH2(self, _server: Any, args: list[str]) -> AuthResult:
        if base64.b64decode(args[1]) == f"user={USER}\1auth=Bearer {self._home.token}\1\1".encode():
            return AuthResult(success=True)
        await self.challenge_auth('{"status":"401"}')
        return AuthResult(success=False, handled=False)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if not await self._met("mail"):
            await super().smtp_MAIL(arg)

    async def smtp_DATA(self, arg: str) -> None:
        if not await self._met("data"):
            await super().smtp_DATA(arg)

    async def handle_MAIL(
        self, _server: SMTP, _session: Session, envelope: Envelope, sender: str, _options: Any
    ) -> str:
        # The library takes the empty sender of an automatic mail for none at all.
        envelope.mail_from = sender or "<>"
        return "250 2.1.0 OK"

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, to: str, _options: Any) -> str:
        plan = self._home.planned("rcpt", to)
        if plan is not None and await self._done(plan):
            return plan.reply
        envelope.rcpt_tos.append(to)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        plan = self._home.planned("body", None)
        if plan is None or (plan.keep and not plan.reply):
            self._home.received.append(
                Received(
                    sender=(envelope.mail_from or "").removeprefix("<>"),
                    recipients=tuple(envelope.rcpt_tos),
                    raw=bytes(envelope.original_content or b""),
                    signed_in=bool(session.authenticated),
                )
            )
        if plan is not None and await self._done(plan):
            return plan.reply
        return "250 2.0.0 OK"

    async def _met(self, step: Step) -> bool:
        plan = self._home.planned(step, None)
        if plan is None:
            return False
        if await self._done(plan):
            await self.push(plan.reply)
        return not plan.hangs

    async def _done(self, plan: Plan) -> bool:
        """Do what was planned; whether a reply of its own is to be given."""
        if plan.hangs:
            await self._home.wait()
        if plan.closes:
            self.cut()
            # The library would write its answer to the broken connection, so it waits here to be cancelled.
            await self._home.wait()
        return bool(plan.reply)


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    right = LoginPassword(login=USER.encode(), password=PASSWORD.encode())
    return AuthResult(success=data == right, handled=data == right)


@contextmanager
def running() -> Iterator[Smtp]:
    """An SMTP server that is stopped whatever happens."""
    server = Smtp()
    try:
        yield server
    finally:
        server.close()
