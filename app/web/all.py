"""Every page there is, and what all of them share, hung on the application."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.house import House
from app.web import (
    account,
    acts,
    article,
    auth,
    board,
    clerk,
    complaint,
    editor,
    eyes,
    feedback,
    files,
    filming,
    finding,
    follow,
    frame,
    gaps,
    handing,
    health,
    help,
    hooks,
    incidents,
    knowledge,
    linkcheck,
    merging,
    metrics,
    people,
    phone,
    printing,
    privacy,
    provider,
    public,
    pulses,
    queue,
    readings,
    ready,
    reasons,
    reply,
    reports,
    second,
    settings,
    settings_time,
    shift,
    ticket,
    trust,
    versions,
    views,
    weekly,
    wordings,
)

PAGES = (
    account.blueprint,
    acts.blueprint,
    article.blueprint,
    auth.blueprint,
    board.blueprint,
    clerk.blueprint,
    complaint.blueprint,
    editor.blueprint,
    eyes.blueprint,
    feedback.blueprint,
    files.blueprint,
    filming.blueprint,
    finding.blueprint,
    follow.blueprint,
    gaps.blueprint,
    handing.blueprint,
    health.blueprint,
    help.blueprint,
    hooks.blueprint,
    incidents.blueprint,
    knowledge.blueprint,
    linkcheck.blueprint,
    merging.blueprint,
    metrics.blueprint,
    people.blueprint,
    phone.blueprint,
    printing.blueprint,
    privacy.blueprint,
    provider.blueprint,
    public.blueprint,
    pulses.blueprint,
    queue.blueprint,
    readings.blueprint,
    ready.blueprint,
    reasons.blueprint,
    reply.blueprint,
    reports.blueprint,
    second.blueprint,
    settings.blueprint,
    settings_time.blueprint,
    shift.blueprint,
    ticket.blueprint,
    trust.blueprint,
    versions.blueprint,
    views.blueprint,
    weekly.blueprint,
    wordings.blueprint,
)


def hang(app: Flask, house: House) -> None:
    """Hang every page of this house."""
    frame.hang(app, house.config)
    if hops := house.config.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    if house.config.demo:
        from app.web import simulator

        app.register_blueprint(simulator.blueprint)
