"""Web push: a letter reaches every device that was switched on for its mailbox, sealed so that only it can read it."""

from __future__ import annotations

import json
from dataclasses import dataclass

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.urls import reverse
from py_vapid import Vapid02

from cooperatives import members
from marketplace.accounts import letters, push
from marketplace.accounts.models import Letter, PushSubscription
from marketplace.foundation import outbox
from marketplace.foundation.actor import Actor
from marketplace.foundation.models import Outbox, OutboxState
from tests.factories import DEVICE, make_product
from tests.orders import trade
from tests.posts import service

pytestmark = pytest.mark.django_db
LAN = Actor(user_id=None, label="Lan", channel="web")


@pytest.fixture(autouse=True)
def _market(settings):
    settings.OPERATOR_EMAIL = "cho@example.vn"
    settings.MARKET_NAME = "Chợ Phiên"


@pytest.fixture
def somewhere(settings):
    """A push service on this machine; the market may call it in tests alone."""
    settings.PUSH_PRIVATE_HOSTS = True
    with service() as found:
        found.answers = [(201, "")]
        yield found


@dataclass
class Phone:
    """A device with keys of its own, as a browser makes them."""

    endpoint: str

    def __post_init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = b"sixteen bytes ok"
        self.keys = {
            "p256dh": push._text(push._point(self.key.public_key())),
            "auth": push._text(self.secret),
        }

    def switch_on(self, mailbox, by=LAN):
        return push.turn_on(mailbox, endpoint=self.endpoint, **self.keys, by=by)

    def read(self, body):
        opened = http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        return json.loads(opened)


def new_order(key="order_placed:7", mailbox="htx:3", **options):
    letters.send(
        "order_placed",
        mailbox=mailbox,
        key=key,
        subject="Đơn mới B2F7, 135.000 ₫",
        body="Từ Hà, Hà Nội.",
        link="/quan-ly/htx-muong-hoa/don/B2F7/",
        **options,
    )


def test_a_letter_reaches_a_device_sealed_for_it_alone(somewhere):
    phone = Phone(somewhere.url + "/wp/one")
    phone.switch_on("htx:3")

    new_order()
    outbox.drain()

    (post,) = somewhere.posts
    told = phone.read(post.body)
    tag = told.pop("tag")
    assert told == {
        "title": "Đơn mới B2F7, 135.000 ₫",
        "body": "Chợ Phiên",
        "link": "/quan-ly/htx-muong-hoa/don/B2F7/",
    }
    assert "Hà" not in post.body.decode("latin-1")
    with pytest.raises(http_ece.ECEException):
        Phone(phone.endpoint).read(post.body)
    sent = {name: post.headers[name] for name in ("Content-Encoding", "TTL", "Urgency", "Topic")}
    assert sent == {"Content-Encoding": "aes128gcm", "TTL": "43200", "Urgency": "high", "Topic": tag}
    assert Vapid02.verify(post.headers["Authorization"])
    assert f"k={push.public_key()}" in post.headers["Authorization"]
    assert PushSubscription.objects.get().heard_at is not None


def test_everybody_who_switched_it_on_is_told_once_and_nobody_else(somewhere):
    phones = {name: Phone(f"{somewhere.url}/wp/{name}") for name in ("lan", "minh", "tuan", "ha")}
    phones["lan"].switch_on("htx:3")
    phones["lan"].switch_on("htx:3")
    phones["minh"].switch_on("htx:3")
    phones["tuan"].switch_on("htx:4")
    phones["ha"].switch_on("mua:3")

    new_order()
    new_order()
    outbox.drain()

    assert sorted(post.path for post in somewhere.posts) == ["/wp/lan", "/wp/minh"]
    assert Outbox.objects.filter(kind="push").count() == 2
    assert "http" not in str(list(Outbox.objects.values_list("payload", "key")))


def test_a_job_that_fails_half_way_is_tried_again_and_each_device_gets_one(somewhere):
    for name in ("lan", "minh"):
        Phone(f"{somewhere.url}/wp/{name}").switch_on("htx:3")
    somewhere.answers = [(201, ""), (503, ""), (201, "")]
    new_order()
    outbox.drain()
    assert PushSubscription.objects.order_by("-failures").first().failures == 1

    Outbox.objects.update(not_before=None)
    outbox.drain()

    taken = [post.path for post in somewhere.posts]
    assert (taken[0], taken[1]) == (taken[0], taken[2])
    assert sorted(taken[:2]) == ["/wp/lan", "/wp/minh"]
    assert list(PushSubscription.objects.values_list("failures", flat=True)) == [0, 0]
    assert not Outbox.objects.filter(kind="push").exclude(state=OutboxState.DONE).exists()
    assert len({post.headers["Topic"] for post in somewhere.posts}) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_its_service_no_longer_knows_is_forgotten_everywhere(somewhere, status):
    phone = Phone(somewhere.url + "/wp/one")
    phone.switch_on("htx:3")
    phone.switch_on("mua:9")
    somewhere.answers = [(status, "")]

    new_order()
    outbox.drain()

    assert PushSubscription.objects.count() == 0
    assert Outbox.objects.get(kind="push").state == OutboxState.DONE


@pytest.mark.parametrize(
    ("status", "state"), [(429, "new"), (500, "new"), (302, "new"), (400, "done"), (413, "done")]
)
def test_what_may_pass_is_tried_again_and_a_final_no_is_let_go(somewhere, status, state, caplog):
    Phone(somewhere.url + "/wp/secret-of-lan").switch_on("htx:3")
    somewhere.answers = [(status, "")]

    new_order()
    outbox.drain()

    row = Outbox.objects.get(kind="push")
    assert (row.state, row.attempts) == (state, 1)
    assert PushSubscription.objects.get().failures == 1
    assert "secret-of-lan" not in row.error + caplog.text


def test_a_silent_push_service_makes_no_dead_row_and_is_forgotten_in_the_end(settings):
    settings.PUSH_PRIVATE_HOSTS = True
    with service() as gone:
        Phone(gone.url + "/wp/one").switch_on("htx:3")
    new_order()
    for _attempt in range(outbox.MAX_ATTEMPTS):
        Outbox.objects.update(not_before=None)
        outbox.drain()
    assert Outbox.objects.get(kind="push").state == OutboxState.DONE
    assert PushSubscription.objects.get().failures == outbox.MAX_ATTEMPTS

    PushSubscription.objects.update(failures=push.MOST_FAILURES - 1)
    new_order(key="order_placed:8")
    outbox.drain()

    assert PushSubscription.objects.count() == 0


def test_an_address_that_leads_inside_is_forgotten_unheard(settings, somewhere):
    Phone(somewhere.url.replace("http:", "https:").replace("127.0.0.1", "localhost") + "/wp").switch_on(
        "htx:3"
    )
    settings.PUSH_PRIVATE_HOSTS = False

    push.turn_on("htx:3", **(DEVICE | {"endpoint": f"https://{'a' * 64}.example.vn:/x"}), by=LAN)

    new_order()
    outbox.drain()

    assert (somewhere.posts, PushSubscription.objects.count()) == ([], 0)
    assert set(Outbox.objects.values_list("state", flat=True)) == {OutboxState.DONE}


def test_nothing_is_promised_without_a_key_or_for_letters_that_come_in_dozens(settings):
    push.turn_on("htx:3", **DEVICE, by=LAN)
    new_order(push=False)
    settings.PUSH_PRIVATE_KEY = ""
    new_order(key="order_placed:8")

    assert not Outbox.objects.filter(kind="push").exists()


def test_who_leaves_a_cooperative_or_is_locked_out_is_told_no_more(muong_hoa, lan, minh):
    for user in (lan, minh):
        push.turn_on(
            muong_hoa.mailbox,
            **(DEVICE | {"endpoint": f"https://push.example.vn/{user.pk}"}),
            by=Actor.of(user),
        )

    members.end_membership(muong_hoa.memberships.get(user=minh), by=Actor.of(lan))

    assert list(PushSubscription.objects.values_list("user__full_name", flat=True)) == ["Lan"]
    lan.is_active = False
    lan.save()
    new_order(mailbox=muong_hoa.mailbox)
    outbox.drain()
    assert Outbox.objects.get(kind="push").state == OutboxState.DONE
    assert PushSubscription.objects.get().heard_at is None


def test_a_person_keeps_ten_devices_for_a_mailbox_and_the_oldest_goes():
    for number in range(push.MOST_DEVICES + 2):
        push.turn_on("mua:9", **(DEVICE | {"endpoint": f"https://push.example.vn/{number}"}), by=LAN)

    kept = PushSubscription.objects.order_by("pk").values_list("endpoint", flat=True)
    assert [address.rpartition("/")[2] for address in kept] == [str(n) for n in range(2, 12)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://push.example.vn/x"},
        {"endpoint": "https://127.0.0.1/x"},
        {"endpoint": "https://2130706433/x"},
        {"endpoint": "https://[::1]/x"},
        {"endpoint": "https://lan:mat-khau@push.example.vn/x"},
        {"endpoint": "https://chợ.example.vn/x"},
        {"endpoint": "https://push.example.vn:cong/x"},
        {"endpoint": "không phải địa chỉ"},
        {"p256dh": "AAAA"},
        {"p256dh": "B" + "A" * 86},
        {"auth": "AAAA"},
        {"auth": ""},
    ],
)
def test_what_is_no_device_is_refused_and_nothing_is_kept(client, muong_hoa, lan, wrong):
    client.force_login(lan)

    answer = client.post("/quan-ly/htx-muong-hoa/bao-may/", {"act": "on", **DEVICE, **wrong})

    assert (answer.status_code, answer.json()) == (
        422,
        {"error": "Máy này chưa nhận báo được. Hãy thử trình duyệt khác."},
    )
    assert PushSubscription.objects.count() == 0


def test_a_director_switches_her_phone_on_asks_and_switches_it_off(client, muong_hoa, lan):
    client.force_login(lan)
    address = "/quan-ly/htx-muong-hoa/bao-may/"
    page = client.get("/quan-ly/htx-muong-hoa/").content.decode()
    assert f'data-push="{address}"' in page
    assert f'data-key="{push.public_key()}"' in page

    said = [
        client.post(address, {"act": act, **DEVICE}).json()["on"]
        for act in ("ask", "on", "ask", "off", "ask")
    ]

    assert said == [False, True, True, False, False]


def test_a_guest_is_told_how_the_purchase_goes_on(client, muong_hoa, lan, somewhere):
    purchase = trade.place(trade.fill((make_product(muong_hoa, stock=5), 1)))
    address = reverse("shop:purchase_push", args=[purchase.token])
    assert (
        f'data-push="{address}"'
        in client.get(reverse("shop:purchase", args=[purchase.token])).content.decode()
    )
    phone = Phone(somewhere.url + "/wp/ha")

    answer = client.post(address, {"act": "on", "endpoint": phone.endpoint, **phone.keys})
    outbox.drain()
    letters.send("x", mailbox=purchase.mailbox, key="x:1", subject="Đơn đã gửi đi", body="", link="/x/")
    outbox.drain()

    assert answer.json() == {"on": True}
    (post,) = somewhere.posts
    assert phone.read(post.body)["title"] == "Đơn đã gửi đi"
    assert post.headers["Urgency"] == "normal"
    # The page of one order has no switch: letters speak of the whole purchase.
    page = client.get(reverse("shop:purchase", args=[purchase.orders.get().token])).content.decode()
    assert "data-push" not in page


def test_without_a_key_no_page_offers_it(client, muong_hoa, lan, settings):
    settings.PUSH_PRIVATE_KEY = ""
    client.force_login(lan)

    for page in ("/quan-ly/htx-muong-hoa/", "/quan-ly/htx-muong-hoa/thu/", "/toi/thu/"):
        assert "push" not in client.get(page).content.decode()
    assert client.post("/toi/bao-may/", {"act": "on", **DEVICE}).status_code == 404
    assert Letter.objects.count() == 0
