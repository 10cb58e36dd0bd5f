"""Settings that cannot work together are named, each with what to do."""

import pytest

from marketplace.checks import check_settings

POSTGRES = {"default": {"ENGINE": "django.db.backends.postgresql"}}
SERVER = {
    "EMBEDDED": False,
    "SECRET_KEY": "x" * 50,
    "CELERY_BROKER_URL": "redis://127.0.0.1:6379/0",
    "WEB_CONCURRENCY": 4,
    "HTTPS": True,
    "MARKET_URL": "https://cho.example.vn",
    "OPERATOR_EMAIL": "cho@example.vn",
    "LOG_KEY_FILE": __file__,
}
HOME = {
    "EMBEDDED": True,
    "CELERY_BROKER_URL": "memory://",
    "WEB_CONCURRENCY": 1,
    "HTTPS": False,
    "MARKET_URL": "http://127.0.0.1:8000",
    "PUSH_PRIVATE_KEY": "",
}
SMS = {
    "SMS_SENDER": "marketplace.accounts.sms.HttpSender",
    "SMS_URL": "https://sms.example.vn/send",
    "SMS_BODY": '{"to": "{phone}", "text": "{text}"}',
}


@pytest.fixture
def found(settings, monkeypatch):
    """Return a function: settings in, ids of the checks out."""

    def run(base, database=None, **changes):
        for name, value in {**base, **changes}.items():
            setattr(settings, name, value)
        engine = (database or POSTGRES)["default"]["ENGINE"]
        monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", engine)
        messages = check_settings()
        assert all(message.hint for message in messages)
        return [message.id.removeprefix("marketplace.") for message in messages]

    return run


def test_a_first_run_and_a_full_server_are_right(found):
    sqlite = {"default": {"ENGINE": "django.db.backends.sqlite3"}}

    assert found(HOME, sqlite) == []
    assert found(SERVER) == []


@pytest.mark.parametrize(
    ("base", "changes", "ids"),
    [
        (SERVER, {"SECRET_KEY": ""}, ["E001"]),
        (HOME, {"CELERY_BROKER_URL": "redis://127.0.0.1:6379/0"}, ["E002"]),
        (HOME, {"WEB_CONCURRENCY": 2}, ["E003"]),
        (SERVER, {"CELERY_BROKER_URL": "memory://"}, ["E004"]),
        (SERVER, {"MARKET_URL": "cho.example.vn"}, ["E005"]),
        (SERVER, {"MARKET_URL": "http://cho.example.vn"}, ["E006"]),
        (SERVER, {"SMS_SENDER": "marketplace.accounts.senders.Pigeon"}, ["E008"]),
        (SERVER, {"SMS_SENDER": "pigeon"}, ["E008"]),
        (SERVER, {"MEDIA_ROOT": "/srv/cho", "PRIVATE_ROOT": "/srv/cho/private"}, ["E009"]),
        (SERVER, {"OPERATOR_EMAIL": ""}, ["E014"]),
        (SERVER, {"LOG_KEY_FILE": f"{__file__}.lost"}, ["W003"]),
        (SERVER, {"PUSH_PRIVATE_KEY": "khoa"}, ["E013"]),
        (SERVER, SMS, []),
        (SERVER, {**SMS, "SMS_URL": "gateway"}, ["E010"]),
        (SERVER, {**SMS, "SMS_URL": "http://sms.example.vn"}, ["W002"]),
        (SERVER, {**SMS, "SMS_BODY": "{text}"}, ["E011"]),
        (SERVER, {**SMS, "SMS_HEADERS": "Key: 1"}, ["E012"]),
        (SERVER, {**SMS, "SMS_OK": "("}, ["E012"]),
        (SERVER, {"SECRET_KEY": "", "CELERY_BROKER_URL": "memory://"}, ["E001", "E004"]),
    ],
)
def test_a_wrong_combination_is_named(found, base, changes, ids):
    assert found(base, **changes) == ids


def test_a_server_on_sqlite_is_warned(found):
    assert found(SERVER, {"default": {"ENGINE": "django.db.backends.sqlite3"}}) == ["W001"]


def test_a_bucket_needs_the_library(found, monkeypatch):
    monkeypatch.setattr("marketplace.checks.find_spec", lambda name: None)
    assert found(SERVER, S3_BUCKET="cho") == ["E007"]

    monkeypatch.setattr("marketplace.checks.find_spec", lambda name: object())
    assert found(SERVER, S3_BUCKET="cho") == []
