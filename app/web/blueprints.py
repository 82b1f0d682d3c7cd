"""Every page there is, and what all of them share, hung on the application."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from app.house import House
from app.web import (
    access_log,
    access_reasons,
    account,
    article,
    article_editor,
    article_list,
    article_versions,
    auth,
    board,
    channel_status,
    clerk,
    complaint,
    feedback,
    files,
    film_making,
    follow_link,
    frame,
    handover,
    health,
    hooks,
    incidents,
    knowledge_gaps,
    link_check,
    merging,
    metrics,
    oidc_signin,
    people,
    phone,
    presence,
    printing,
    privacy,
    public,
    public_help,
    queue,
    quick_search,
    ready_texts,
    reliability,
    reply,
    reports,
    saved_views,
    settings,
    settings_time,
    shift,
    ticket,
    ticket_acts,
    two_factor,
    weekly_note,
    wordings,
)

PAGES = (
    account.blueprint,
    ticket_acts.blueprint,
    article.blueprint,
    auth.blueprint,
    board.blueprint,
    clerk.blueprint,
    complaint.blueprint,
    article_editor.blueprint,
    presence.blueprint,
    feedback.blueprint,
    files.blueprint,
    film_making.blueprint,
    quick_search.blueprint,
    follow_link.blueprint,
    knowledge_gaps.blueprint,
    handover.blueprint,
    health.blueprint,
    public_help.blueprint,
    hooks.blueprint,
    incidents.blueprint,
    article_list.blueprint,
    link_check.blueprint,
    merging.blueprint,
    metrics.blueprint,
    people.blueprint,
    phone.blueprint,
    printing.blueprint,
    privacy.blueprint,
    oidc_signin.blueprint,
    public.blueprint,
    channel_status.blueprint,
    queue.blueprint,
    access_log.blueprint,
    ready_texts.blueprint,
    access_reasons.blueprint,
    reply.blueprint,
    reports.blueprint,
    two_factor.blueprint,
    settings.blueprint,
    settings_time.blueprint,
    shift.blueprint,
    ticket.blueprint,
    reliability.blueprint,
    article_versions.blueprint,
    saved_views.blueprint,
    weekly_note.blueprint,
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
