"""The console's routes: nothing of it is shown to anybody without an operator's key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter

from daogou.server.console.attributes import AttributesPage
from daogou.server.console.desk import Desk
from daogou.server.console.evaluation import EvaluationPage
from daogou.server.console.preview import Preview
from daogou.server.console.questions import QuestionsPage
from daogou.server.console.reviews import ReviewsPage
from daogou.server.console.rules import RulesPage
from daogou.server.console.searches import SearchesPage
from daogou.server.pages.site import Site

if TYPE_CHECKING:
    from daogou.shop.shop import Shop


def router(shop: Shop) -> APIRouter:
    """Every page of the console. None of it is part of the API's document."""
    site = Site(shop)
    desk = Desk(site)
    preview = Preview(site)
    rules = RulesPage(site)
    searches = SearchesPage(site)
    reviews = ReviewsPage(site)
    attributes = AttributesPage(site)
    questions = QuestionsPage(site)
    evaluation = EvaluationPage(site)
    guarded = {
        "/console": desk.overview,
        "/console/imports": desk.imports,
        "/console/releases": desk.releases,
        "/console/events": desk.events,
        "/console/events/rows": desk.event_rows,
        "/console/preview": preview.show,
        "/console/rules": rules.show,
        "/console/searches": searches.show,
        "/console/reviews": reviews.show,
        "/console/questions": questions.show,
        "/console/attributes": attributes.show,
        "/console/evaluation": evaluation.show,
        "/console/evaluation/report": evaluation.report,
    }
    forms = {
        "/console/activate": desk.activate,
        "/console/rules": rules.save,
        "/console/rule": rules.change,
        "/console/searches": searches.save,
        "/console/synonym": searches.accept,
        "/console/questions": questions.fill,
        "/console/attributes": attributes.decide,
        "/console/sign-out": desk.sign_out,
    }
    routes = APIRouter(include_in_schema=False)
    for path, page in guarded.items():
        routes.add_route(path, site.get(desk.guarded(page)), methods=["GET"], include_in_schema=False)
    for path, form in forms.items():
        routes.add_route(path, site.post(form), methods=["POST"], include_in_schema=False)
    routes.add_route("/console/sign-in", site.post(desk.sign_in), methods=["POST"], include_in_schema=False)
    return routes
