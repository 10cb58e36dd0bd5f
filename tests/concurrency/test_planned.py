"""A query that is planned once a connection: through connections that die, plans that go, answers that never come."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client

from marketplace.foundation.planned import Planned
from tests import factories, scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

SQL = "SELECT number + 1 FROM generate_series(1, 3) number WHERE number = %s"


@pytest.fixture
def after() -> Iterator[Planned]:
    connection.close()
    yield Planned("the_number_after", "int", SQL)
    connection.close()  # with what this test planned


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def end(process: int) -> None:
    """End a process of PostgreSQL, as a restart of the server does."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [process])
    other.close()


def test_it_is_planned_once_and_asked_each_time(after: Planned) -> None:
    with scene.statements() as told:
        assert [after.row(n) for n in (1, 3, 7)] == [(2,), (4,), None]
    assert [sql.split()[0] for sql in told] == ["PREPARE", "EXECUTE", "EXECUTE", "EXECUTE"]

    connection.close()
    assert after.row(2) == (3,)


def test_a_connection_that_died_is_replaced(after: Planned) -> None:
    assert after.row(1) == (2,)
    died = backend()
    end(died)

    assert after.row(2) == (3,)
    assert backend() != died


def test_a_plan_that_went_is_done_without(after: Planned) -> None:
    assert after.row(1) == (2,)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    assert after.row(2) == (3,)


def test_a_table_that_was_altered_is_read_as_it_is_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE of_a_test (name varchar(5)); INSERT INTO of_a_test VALUES ('chè')")
        try:
            named = Planned("the_named", "varchar", "SELECT name FROM of_a_test WHERE name = %s")
            assert named.row("chè") == ("chè",)
            cursor.execute("ALTER TABLE of_a_test ALTER name TYPE varchar(9)")
            assert named.row("chè") == ("chè",)
        finally:
            cursor.execute("DROP TABLE of_a_test")
            connection.close()


def test_what_takes_too_long_is_not_asked_again() -> None:
    slow = Planned("slowly", "float", "SELECT pg_sleep(%s)")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 100")
    try:
        with scene.statements() as told, pytest.raises(OperationalError, match="statement timeout"):
            slow.row(3)
    finally:
        connection.close()
    assert [sql.split()[0] for sql in told] == ["PREPARE", "EXECUTE"]


def test_inside_of_a_transaction_an_error_stays_one(after: Planned) -> None:
    assert after.row(1) == (2,)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    with pytest.raises(OperationalError, match="does not exist"), transaction.atomic():
        after.row(2)


def test_a_page_behind_a_code_outlives_the_connection_to_its_database(muong_hoa: object) -> None:
    lot = factories.make_lot(factories.make_product(muong_hoa), 20)
    client, code = Client(), lot.codes.get().pk
    assert "đã quét 1 lần" in client.get(f"/Q/{code}").content.decode()
    end(backend())

    assert "đã quét 2 lần" in client.get(f"/Q/{code}").content.decode()
