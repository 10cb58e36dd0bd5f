"""A recall reaches all and only those who have such goods, holds the rest, and can be taken back with a trace."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cooperatives.models import StockMovement
from marketplace.accounts.models import AuditRow, Letter, SentMessage
from marketplace.foundation import outbox
from marketplace.foundation.actor import Actor
from marketplace.foundation.models import CaseSide, Outbox
from marketplace.foundation.transitions import IllegalMove
from orders import counter, fulfilment, purchases, recalls, recount
from orders.fulfilment import PickChoice
from orders.models import Line, Order, Parcel, Payment, Pick, Purchase, RecallNotice
from tests import factories
from tests.factories import HA_NOI, make_lot, make_product
from tests.orders import trade
from traceability import codes, epcis_export, lots, making, scans
from traceability.models import Lot, Recall, TraceEvent
from traceability.recalls import RecallRefused

pytestmark = pytest.mark.django_db

WHY = "Kiểm nghiệm thấy dư lượng thuốc."


@pytest.fixture
def by(lan: Any) -> Actor:
    return Actor.of(lan)


@pytest.fixture
def noodles(muong_hoa: Any) -> Any:
    return make_product(muong_hoa, "Miến dong", price=55_000, stock=40)


@pytest.fixture
def bad(noodles: Any) -> Lot:
    return make_lot(noodles, 20)


@pytest.fixture
def good(noodles: Any) -> Lot:
    return make_lot(noodles, 15, number="261105-02", code="7K3M9Q2R")


def someone(name: str, phone: str, *, email: str = "", user: Any = None) -> dict[str, Any]:
    address = {**HA_NOI, "street": "12 Đội Cấn"}
    return {
        "buyer": purchases.Buyer(name=name, phone=phone, email=email, address=address),
        **({"user": user} if user else {}),
    }


def bought(lot: Lot, units: int, who: dict[str, Any], by: Actor, *, to: str = "delivered") -> Order:
    """An order whose goods are of ``lot``, as far as ``to``."""
    order = trade.place(trade.fill((lot.product, units)), **who).orders.get()
    fulfilment.confirm_order(order, by=by)
    fulfilment.pack_order(order, [PickChoice(order.lines.get().pk, lot.pk, units)], by=by)
    if to in ("shipped", "delivered"):
        trade.ship(order, by=by)
    if to == "delivered":
        trade.deliver(order, by=by)
    return order


def call_back(
    *chosen: Lot, by: Actor, key: uuid.UUID | None = None, side: CaseSide = CaseSide.SELLER
) -> Recall:
    return recalls.recall(
        chosen[0].cooperative, chosen, reason=WHY, side=side, form_key=key or uuid.uuid4(), by=by
    )


def told(kind: str = "recall") -> list[str]:
    return sorted(Letter.objects.filter(kind=kind).values_list("mailbox", flat=True))


def work() -> None:
    while outbox.drain(30):
        pass


def test_all_and_only_the_buyers_of_the_lot_are_told_once_each(
    bad: Lot, good: Lot, by: Actor, ha: Any
) -> None:
    for _order in range(3):
        bought(bad, 1, someone("Hà", ha.phone, user=ha), by)
    guest = bought(bad, 2, someone("Thu", "0912000031", email="thu@example.vn"), by)
    mistyped = bought(bad, 1, someone("Thư", "0912000031", email="khac@example.vn"), by)
    waits = bought(bad, 1, someone("Dung", "0912000032"), by, to="packed")
    other = bought(good, 1, someone("Vân", "0912000033"), by)
    returned = bought(bad, 1, someone("Oanh", "0912000034"), by, to="shipped")
    fulfilment.parcel_came_back(returned.parcels.get(), reason="Không gặp.", fit={}, by=by)
    unpacked = trade.place(trade.fill((bad.product, 1)), **someone("Yến", "0912000035")).orders.get()

    made = call_back(bad, by=by)
    work()

    guests = [f"mua:{order.purchase_id}" for order in (guest, mistyped, waits)]
    assert told() == sorted([f"nguoi:{ha.pk}", *guests])
    assert {row.mailbox: (row.out, row.held) for row in made.notices.all()} == {
        f"nguoi:{ha.pk}": (3, 0),
        guests[0]: (2, 0),
        guests[1]: (1, 0),
        guests[2]: (0, 1),
    }
    mailed = sorted(message.to[0] for message in mail.outbox if "đừng dùng" in message.subject)
    assert mailed == ["khac@example.vn", "thu@example.vn"]
    letter = Letter.objects.get(mailbox=guests[0], kind="recall")
    assert letter.subject == "Thu hồi: đừng dùng Miến dong, lô 261105-01"
    assert (WHY.rstrip(".") in letter.body, "để trả hàng và nhận lại tiền" in letter.body) == (True, True)
    assert "được giữ lại" in Letter.objects.get(mailbox=guests[2], kind="recall").subject
    assert {order.purchase.pk for order in (other, unpacked)}.isdisjoint(
        made.notices.values_list("purchase", flat=True)
    )
    assert recalls.progress_of(made).written == 4
    work()
    assert Letter.objects.filter(kind="recall").count() == 4


def test_what_is_left_is_put_aside_and_open_orders_take_another_lot(
    bad: Lot, good: Lot, noodles: Any, by: Actor
) -> None:
    order = trade.order((noodles, 3))
    fulfilment.confirm_order(order, by=by)

    call_back(bad, by=by)

    record = noodles.stockrecords.get()
    movement = StockMovement.objects.get(kind="recalled")
    assert (movement.quantity, record.num_in_stock, lots.balance(bad)) == (-20, 20, 0)
    line = order.lines.get()
    with pytest.raises(fulfilment.BadPick):
        fulfilment.pack_order(order, [PickChoice(line.pk, bad.pk, 3)], by=by)
    assert not Parcel.objects.exists()
    fulfilment.pack_order(order, [PickChoice(line.pk, good.pk, 3)], by=by)
    assert recount.recount() == []


def test_orders_that_nothing_is_left_for_are_named_to_the_cooperative(
    bad: Lot, noodles: Any, by: Actor
) -> None:
    trade.order((noodles, 15))
    late = trade.order((noodles, 15))

    call_back(bad, by=by)
    work()

    [letter] = Letter.objects.filter(kind="left_short")
    assert late.number[:4] in letter.body


def test_a_packed_parcel_stays_in_the_house_and_may_be_packed_anew(
    bad: Lot, good: Lot, by: Actor, client: Client, lan: Any
) -> None:
    order = bought(bad, 2, someone("Dung", "0912000032"), by, to="packed")

    call_back(bad, by=by)

    with pytest.raises(fulfilment.BadPick):
        trade.ship(order, by=by)
    client.force_login(lan)
    page = client.get(reverse("desk:order", args=["htx-muong-hoa", order.number])).content.decode()
    assert "Giữ lại, đừng gửi: lô 261105-01" in page
    fulfilment.unpack_parcel(order.parcels.get(), by=by)
    fulfilment.pack_order(order, [PickChoice(order.lines.get().pk, good.pk, 2)], by=by)
    trade.ship(order, by=by)
    order.refresh_from_db()
    assert order.status == "shipped"
    assert recount.recount() == []


def test_labels_turn_red_the_story_tells_it_and_epcis_says_recalled(
    bad: Lot, by: Actor, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    unit = factories.unit_codes(bad, 1, by=by)[0].code
    assert client.get(f"/Q/{codes.lot_code(bad)}").status_code == 200  # and kept

    call_back(bad, by=by)

    assert "Lô này bị thu hồi" in client.get(f"/Q/{codes.lot_code(bad)}").content.decode()
    assert (scans.look(unit).kind, scans.look("2EP9TW83").kind) == ("recalled", "recalled")
    [event] = epcis_export.of_lot(bad)["epcisBody"]["eventList"]
    assert (event["disposition"], event["bizStep"]) == ("recalled", "holding")
    assert Outbox.objects.filter(kind="log", payload__event=str(TraceEvent.objects.get().pk)).exists()


def test_lifting_gives_all_back_and_tells_whoever_was_told(
    bad: Lot, noodles: Any, by: Actor, client: Client
) -> None:
    lots.close_lot(bad, by=by)
    run = factories.unit_codes(bad, 2, by=by)
    codes.sell(run[0], by=by)
    bought(bad, 2, someone("Thu", "0912000031"), by)
    made = call_back(bad, by=by)
    work()
    bad.refresh_from_db()
    assert bad.status == "recalled"

    recalls.lift(made, reason="Nhầm số lô trên phiếu.", side=CaseSide.SELLER, by=by)
    work()

    bad.refresh_from_db()
    assert (bad.status, bad.recall_reason, lots.balance(bad)) == ("closed", "", 18)
    assert noodles.stockrecords.get().num_in_stock == 38
    assert [one.status for one in bad.codes.filter(kind="unit").order_by("number")] == ["sold", "activated"]
    assert told("recall_lifted") == told()
    assert "Nhầm số lô" in Letter.objects.get(kind="recall_lifted").body
    assert "Lô này bị thu hồi" not in client.get("/Q/2EP9TW83").content.decode()
    assert [change.new_status for change in made.changes.all()] == ["standing", "lifted"]
    assert [event.kind for event in bad.events.order_by("recorded_at")] == ["recalled", "lifted"]
    assert recount.recount() == []
    with pytest.raises(IllegalMove):
        recalls.lift(made, reason="Nhầm số lô trên phiếu.", side=CaseSide.SELLER, by=by)


def test_lifted_before_the_letters_left_tells_nobody(bad: Lot, by: Actor) -> None:
    bought(bad, 2, someone("Thu", "0912000031"), by)
    made = call_back(bad, by=by)
    recalls.lift(made, reason="Nhầm số lô trên phiếu.", side=CaseSide.SELLER, by=by)
    work()
    assert (told(), told("recall_lifted")) == ([], [])


def test_two_clicks_are_one_recall_and_other_ways_are_refused(
    bad: Lot, good: Lot, by: Actor, ban_khac: Any
) -> None:
    key = uuid.uuid4()
    made = call_back(bad, by=by, key=key)
    assert call_back(bad, by=by, key=key) == made

    foreign = make_lot(make_product(ban_khac), 5, code="8M4N2P6T")
    for chosen, reason, field in (
        ([bad, good], WHY, "lots"),
        ([], WHY, "lots"),
        ([good, foreign], WHY, "lots"),
        ([good], "  ngắn ", "reason"),
    ):
        with pytest.raises(RecallRefused) as no:
            recalls.recall(
                good.cooperative, chosen, reason=reason, side=CaseSide.SELLER, form_key=uuid.uuid4(), by=by
            )
        assert no.value.field == field
    good.refresh_from_db()
    assert (good.status, Recall.objects.count(), AuditRow.objects.filter(verb="lot.recall").count()) == (
        "open",
        1,
        1,
    )


def test_what_the_alliance_called_the_cooperative_does_not_lift(bad: Lot, by: Actor, quyen: Any) -> None:
    made = call_back(bad, by=Actor.of(quyen), side=CaseSide.OFFICER)
    with pytest.raises(RecallRefused):
        recalls.lift(made, reason="Chúng tôi thấy không sao.", side=CaseSide.SELLER, by=by)
    bad.refresh_from_db()
    assert bad.status == "recalled"


def test_progress_names_those_whom_nothing_reached(
    bad: Lot, by: Actor, client: Client, minh: Any, noodles: Any
) -> None:
    bought(bad, 2, someone("Thu", "0912000031"), by)
    lost = bought(bad, 1, someone("Vân", "0912000033", email="van@example.vn"), by)
    goods = {noodles.pk: 1}
    counter.sell(bad.cooperative, goods, method="cod", placement_key=uuid.uuid4(), by=by)
    made = call_back(bad, by=by)
    assert recalls.progress_of(made).unreached == 3
    work()
    stuck = Outbox.objects.filter(key__contains=f":recall:{made.pk}:", kind__in=["sms", "email"])
    stuck.filter(key__endswith=f":{made.notices.get(purchase=lost.purchase).pk}").update(state="dead")

    progress = recalls.progress_of(made)
    assert (progress.buyers, progress.written, progress.failed, progress.unreached) == (3, 3, 2, 2)
    client.force_login(minh)
    here = reverse("desk:recall", args=["htx-muong-hoa", made.pk])
    page = client.get(here + "?xem=chua").content.decode()
    assert ("Vân" in page, "Khách tại quầy" in page, "Thu</b>" in page) == (True, True, False)
    notice = made.notices.get(purchase=lost.purchase)
    answer = client.post(reverse("desk:recall_told", args=["htx-muong-hoa", made.pk]), {"notice": notice.pk})
    assert answer.status_code == 302
    assert recalls.progress_of(made).unreached == 1
    assert RecallNotice.objects.get(pk=notice.pk).told_by == str(minh)
    # Who had the goods is not told to send them back twice.
    assert SentMessage.objects.filter(to="0912000031", key__contains="recall").count() == 1


def test_a_director_sees_whom_it_touches_before_anything_happens_and_then_confirms(
    bad: Lot, by: Actor, client: Client, lan: Any, minh: Any
) -> None:
    bought(bad, 2, someone("Thu", "0912000031"), by)
    bought(bad, 1, someone("Dung", "0912000032"), by, to="packed")
    here = reverse("desk:recall_new", args=["htx-muong-hoa"])
    client.force_login(minh)
    assert client.get(here).status_code == 403
    client.force_login(lan)
    assert "261105-01" in client.get(here).content.decode()

    preview = client.get(here, {"lots": bad.pk})
    extent = preview.context["extent"]
    assert (extent.left, extent.out, extent.held, extent.parcels, extent.orders, extent.buyers) == (
        18,
        2,
        1,
        1,
        2,
        2,
    )
    assert not Recall.objects.exists()
    assert "further" not in preview.context

    said = {"quantity": 2, "made_on": timezone.localdate(), "place": "Xưởng", "by": by}
    made_of_it = making.make_lot(bad.cooperative, {bad.pk: 2}, bad.product, **said)
    preview = client.get(here, {"lots": bad.pk})
    assert preview.context["further"] == [made_of_it]
    whole = client.get(f"{here}?{preview.context['all_lots']}")
    assert set(whole.context["chosen"]) == {bad, made_of_it}

    sent = {"lots": bad.pk, "reason": WHY, "form_key": str(uuid.uuid4()), "sure": "on"}
    for wrong in ({"sure": ""}, {"reason": "x"}, {"lots": "0"}, {"lots": "a\x00"}, {"form_key": "x"}):
        assert client.post(here, {**sent, **wrong}).status_code == 422
    assert not Recall.objects.exists()
    first, second = client.post(here, sent), client.post(here, sent)
    made = Recall.objects.get()
    assert first["Location"] == second["Location"] == reverse("desk:recall", args=["htx-muong-hoa", made.pk])
    assert client.get(first["Location"]).status_code == 200


def test_the_officer_of_the_province_recalls_and_another_does_not(
    bad: Lot, by: Actor, client: Client, quyen: Any, phuc: Any
) -> None:
    bought(bad, 2, someone("Thu", "0912000031"), by)
    sent = {
        "htx": bad.cooperative_id,
        "lots": bad.pk,
        "reason": WHY,
        "form_key": str(uuid.uuid4()),
        "sure": "on",
    }
    client.force_login(phuc)
    assert client.post("/lien-minh/thu-hoi/moi/", sent).status_code == 404
    assert not Recall.objects.exists()

    client.force_login(quyen)
    assert (
        client.get("/lien-minh/thu-hoi/moi/", {"htx": bad.cooperative_id, "lots": bad.pk}).status_code == 200
    )
    assert client.post("/lien-minh/thu-hoi/moi/", sent).status_code == 302
    made = Recall.objects.get()
    page = client.get(f"/lien-minh/thu-hoi/{made.pk}/").content.decode()
    assert (made.side, "Thu</b>" in page, made.notices.count()) == ("officer", False, 1)
    work()
    assert Letter.objects.filter(kind="recall_told").count() == 2
    client.force_login(phuc)
    assert client.get(f"/lien-minh/thu-hoi/{made.pk}/").status_code == 404


def test_the_buyers_page_says_it_whatever_became_of_the_letter(bad: Lot, by: Actor, client: Client) -> None:
    order = bought(bad, 2, someone("Thu", "0912000031"), by)
    call_back(bad, by=by)
    page = client.get(f"/lan-mua/{order.purchase.token}/").content.decode()
    assert "lô 261105-01 bị thu hồi. Đừng dùng" in page
    assert 'href="/Q/2EP9TW83"' in page


def test_a_drill_with_five_hundred_orders(muong_hoa: Any, by: Actor, ha: Any) -> None:
    """Straight rows: what is measured is the recall. One account has three orders, one guest two; others have other
    lots, or sent theirs back."""
    product = make_product(muong_hoa, "Miến dong", price=55_000, stock=5000)
    bad, good = make_lot(product, 2000), make_lot(product, 2000, number="261105-02", code="7K3M9Q2R")
    meant = five_hundred(product, bad, good, ha)

    call_back(bad, by=by)
    work()

    assert told() == sorted(meant)
    assert len(meant) == 351
    assert SentMessage.objects.filter(key__contains="recall:").count() == 351
    assert recalls.progress_of(Recall.objects.get()).unreached == 0


def five_hundred(product: Any, bad: Lot, good: Lot, ha: Any) -> set[str]:
    """500 orders by rows; return the mailboxes of those whom a recall of ``bad`` concerns."""
    record, pattern = product.stockrecords.get(), trade.order((product, 1))
    line = pattern.lines.get()

    def copies(one: Any, rows: list[dict[str, Any]]) -> list[Any]:
        model = type(one)
        values = {
            f.attname: getattr(one, f.attname) for f in model._meta.concrete_fields if not f.primary_key
        }
        made = model.objects.bulk_create([model(**{**values, **row}) for row in rows])
        return list(made)

    who = range(500)
    bought_by = copies(
        pattern.purchase,
        [
            {
                "number": f"T{n:07d}",
                "token": f"thu-{n:036d}",
                "placement_key": uuid.uuid4(),
                "basket_id": None,
                "phone": f"0913{min(n, 498):06d}",
                "user_id": ha.pk if n < 3 else None,
            }
            for n in who
        ],
    )
    orders = copies(pattern, [{"number": f"T{n:07d}", "purchase_id": bought_by[n].pk} for n in who])
    lines = copies(line, [{"order_id": orders[n].pk, "num_shipped": 1, "num_allocated": 0} for n in who])
    parcels = Parcel.objects.bulk_create(
        [
            Parcel(order=orders[n], status="returned" if 300 <= n < 348 else "delivered", by_label="x")
            for n in who
        ]
    )
    of_bad = [n for n in who if n < 400 or n >= 498]
    Pick.objects.bulk_create(
        Pick(parcel=parcels[n], line=lines[n], lot=bad if n in of_bad else good, quantity=1, by_label="x")
        for n in who
    )
    assert (Purchase.objects.count(), Payment.objects.count(), Line.objects.count()) == (501, 1, 501)
    assert record.num_in_stock == 5000
    there = [n for n in of_bad if not 300 <= n < 348]
    # One guest bought twice; the letter goes to the newer page.
    return {f"nguoi:{ha.pk}"} | {f"mua:{bought_by[n].pk}" for n in there if n >= 3 and n != 498}
