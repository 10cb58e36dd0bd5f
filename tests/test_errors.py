"""When something is wrong on our side: a page that helps, and the right number for machines."""

from __future__ import annotations

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from marketplace import views

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_said_plainly_with_503(patient, monkeypatch, error):
    def gone(*_args):
        raise error("server closed the connection unexpectedly")

    monkeypatch.setattr(views.browsing, "front", gone)

    response = patient.get("/")

    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert "Chợ đang nghỉ một lát" in response.content.decode()
    assert "server closed" not in response.content.decode()


def test_a_fault_of_ours_is_500_with_a_way_back(patient, monkeypatch):
    def broken(*_args):
        raise ZeroDivisionError

    monkeypatch.setattr(views.browsing, "front", broken)

    response = patient.get("/")

    assert response.status_code == 500
    assert "Trang này vừa" in response.content.decode()
    assert 'href="/"' in response.content.decode()


def test_an_unknown_address_is_404_with_a_way_back(patient):
    response = patient.get("/khong-co/")

    assert response.status_code == 404
    assert 'href="/"' in response.content.decode()
    assert "default-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "heading"),
    [("/tra-don/", "Trang này đã mở quá lâu"), ("/en/tra-don/", "This page was open too long")],
)
def test_a_form_without_its_token_is_refused_with_a_way_back(path, heading):
    careful = Client(enforce_csrf_checks=True, raise_request_exception=False)

    response = careful.post(path, {"phone": "0912345678"})

    assert response.status_code == 403
    assert heading in response.content.decode()
    assert 'href="/"' in response.content.decode()
