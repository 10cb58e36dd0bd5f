"""axe-core looks at every page at 360 px, in both languages, light and dark: no fault of WCAG 2.0, 2.1 or 2.2, A or AA.

``WALKS`` says who passes which pages; a page that is on nobody's way fails, and so does a form that nobody sent
wrong. The phones of these tests also fail on a request to another host, an error in the console or a breach of the
content policy (see ``phone.py``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.template.loader import render_to_string
from django.urls import resolve, reverse
from django.utils import timezone, translation

from tests.pages import ONLY_WHEN_REFUSED, ROOT, pages
from tests.test_bad_input import FORMS

from .market import Market
from .people import APPLICANT, BUYER, HAO_DAT, OFFICER, YEN_DUONG, a_lot_code, a_product
from .phone import Phone

LANGUAGES = ["vi", "en"]
FOR_PEOPLE = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# The dark page is the same page under other colours (``test_dark_changes_nothing_but_colours``): of axe's rules of
# those levels only these two read colours.
BY_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


# --- looking ----------------------------------------------------------------------------------------------
class Eyes:
    """One person who passes pages; gathers what axe finds on them."""

    def __init__(self, phone: Phone, market: Market | None = None) -> None:
        self.phone, self.market = phone, market
        self.found: list[str] = []
        self.phone.page.emulate_media(reduced_motion="reduce")  # no colour is read half way

    def rows(self, sql: str) -> list[Any]:
        assert self.market is not None
        return [row[0] for row in self.market.data.rows(sql)]

    def at(self, look: Look) -> None:
        for language in LANGUAGES:
            with translation.override(language):
                path = reverse(look.name, kwargs=look.args(self))
                assert resolve(path).view_name == look.name
            chosen = look.name.startswith(("trace", "digital_link")) and language == "en"
            path += "?lang=en" if chosen else look.query
            label = f"{look.name} {look.label} {language}".replace("  ", " ")
            answer = self.phone.open(path) if look.body is None else self.send(path, self.said(look))
            assert (label, answer.status) == (label, look.status)
            assert (label, self.phone.page.url.removeprefix(self.phone.url)) == (label, path)
            assert (label, self.phone.page.evaluate("document.documentElement.lang")) == (label, language)
            self.here(label)

    def said(self, look: Look) -> dict[str, str]:
        """What is sent to a look's form; a value that begins with SELECT is asked of the database."""
        parts = look.args(self)
        return {
            name: str(self.rows(value.format(**parts))[0]) if value.startswith("SELECT ") else value
            for name, value in (look.body or {}).items()
        }

    def send(self, path: str, body: dict[str, str], token: bool = True) -> Any:
        """Send a form's fields as the browser would, whatever the page would let one type."""
        page = self.phone.page
        cookies = {one["name"]: one["value"] for one in self.phone.context.cookies()}
        if token and "csrftoken" not in cookies:
            self.phone.open(reverse("shop:order_lookup"))
            return self.send(path, body)
        fields = {**body, "csrfmiddlewaretoken": cookies["csrftoken"]} if token else body
        kind = {"Content-Type": "application/x-www-form-urlencoded"}

        def post(route: Any) -> None:
            if route.request.url == self.phone.url + path and route.request.is_navigation_request():
                headers = {**route.request.headers, **kind}
                route.continue_(method="POST", headers=headers, post_data=urlencode(fields))
            else:
                route.continue_()

        # A worker that keeps pages would send what it is asked itself, past the route.
        page.evaluate(
            "navigator.serviceWorker?.getRegistrations().then((all) => Promise.all(all.map((one) => one.unregister())))"
        )
        page.route("**/*", post)
        answer = page.goto(path)
        page.unroute("**/*")
        return answer

    def here(self, name: str) -> None:
        page = self.phone.page
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        page.evaluate(AXE_SCRIPT)
        self._look(FOR_PEOPLE, name)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            self.found.append(f"{name}: the page is {wide} px wider than the phone")
        self.phone.picture("a11y-" + re.sub(r"[^0-9a-z-]+", "-", name.lower()).strip("-"))
        page.emulate_media(color_scheme="dark")
        self._look(BY_COLOUR, f"{name} dark")
        self.phone.picture("a11y-" + re.sub(r"[^0-9a-z-]+", "-", name.lower()).strip("-") + "-dark")
        page.emulate_media(color_scheme="light")

    def _look(self, rules: dict[str, Any], name: str) -> None:
        asked = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
        faults = self.phone.page.evaluate(
            "asked => axe.run(document, asked).then(told => told.violations)", asked
        )
        for fault in faults:
            nodes = "; ".join(f"{' '.join(map(str, node['target']))}" for node in fault["nodes"][:4])
            self.found.append(
                f"{name}: {fault['id']} ({fault['impact']}), {len(fault['nodes'])} ×: {fault['help']}\n    {nodes}"
            )

    def end(self) -> None:
        assert self.found == [], "\n" + "\n".join(self.found)


@pytest.fixture
def eyes(phone: Callable[..., Phone], market: Market) -> Callable[..., Eyes]:
    return lambda **options: Eyes(phone(**options), market)


# --- who passes which pages -------------------------------------------------------------------------------
Args = Callable[[Eyes], dict[str, Any]]


@dataclass(frozen=True)
class Look:
    """One page: its address, and what is sent to it when it is the answer to a form."""

    name: str
    args: Args = lambda _eyes: {}
    query: str = ""
    label: str = ""
    body: dict[str, str] | None = None
    status: int = 200


Step = Look | Callable[[Eyes], None]


def of(**parts: str) -> Args:
    """Parts of an address; what begins with SELECT is asked of the database."""
    return lambda eyes: {
        name: eyes.rows(part)[0] if part.startswith("SELECT") else part for name, part in parts.items()
    }


def refused(name: str, args: Args = lambda _eyes: {}, label: str = "refused", **body: str) -> Look:
    """A form with nothing in it, or with ``body`` (see ``Eyes.said``), that comes back with what is wrong."""
    return Look(name, args, label=label, body=body, status=422)


def desk(slug: str = YEN_DUONG.slug, **parts: str) -> Args:
    mine = f"cooperative_id = (SELECT cooperative_id FROM partner_stall WHERE slug = '{slug}')"
    return of(slug=slug, **{name: part.format(mine=mine) for name, part in parts.items()})


def order(goods: str, money: str = "on_delivery") -> Args:
    return desk(
        number="SELECT MIN(o.number) FROM order_order o JOIN order_payment p ON p.order_id = o.id "
        f"WHERE o.{{mine}} AND o.status = '{goods}' AND p.status = '{money}'"
    )


def product(title: str, **parts: str) -> Args:
    return desk(pk=f"SELECT id FROM catalogue_product WHERE title = '{title}'", **parts)


def case(table: str, status: str) -> Args:
    return of(pk=f"SELECT MIN(id) FROM {table} WHERE status = '{status}'")


def code_of(status: str, product: str = "") -> Args:
    return of(code=f"SELECT MIN(code) FROM traceability_tracecode WHERE status = '{status}'")


A_PLOT = "SELECT MIN(id) FROM partner_plot WHERE household_id = (SELECT MIN(id) FROM partner_household WHERE {mine})"
PARCEL = (
    "FROM order_parcel p JOIN order_order o ON o.id = p.order_id WHERE o.{mine} AND p.status = '%s' "
    "ORDER BY p.id LIMIT 1"
)


def parcel(status: str) -> Args:
    return desk(number="SELECT o.number " + PARCEL % status, pk="SELECT p.id " + PARCEL % status)


# The demo has one refund, of a cancelled order.
REFUND = (
    "FROM order_refund r JOIN order_payment p ON p.id = r.payment_id JOIN order_order o ON o.id = p.order_id "
    "JOIN order_purchase b ON b.id = o.purchase_id WHERE o.status = 'cancelled' ORDER BY r.id LIMIT 1"
)
OWED = desk(number="SELECT o.number " + REFUND, pk="SELECT r.id " + REFUND)
OWED_TO = of(token="SELECT b.token " + REFUND, number="SELECT o.number " + REFUND)
IN_PARTS = desk(
    number="SELECT MIN(o.number) FROM order_order o JOIN order_line l ON l.order_id = o.id "
    "WHERE o.{mine} AND o.status = 'confirmed' AND l.num_shipped > 0"
)


ASKED = desk(
    number="SELECT MIN(o.number) FROM order_order o JOIN order_invoicerequest r ON r.order_id = o.id "
    "WHERE o.{mine} AND o.status = 'packed'"
)
RECEIVED = (
    "FROM order_payment p JOIN order_order o ON o.id = p.order_id JOIN order_purchase b ON b.id = o.purchase_id "
    "WHERE p.status = 'received' ORDER BY o.id LIMIT 1"
)
PAID_FOR = of(token="SELECT b.token " + RECEIVED, number="SELECT o.number " + RECEIVED)


def send_it_back(eyes: Eyes) -> None:
    with translation.override("vi"):
        eyes.phone.open(reverse("desk:order", kwargs={k: v for k, v in OWED(eyes).items() if k != "pk"}))
    eyes.phone.page.fill("#tra-lai [name=sent-reference]", "FT-DEMO")
    eyes.phone.press("Đã chuyển trả")


AT_COUNTER = desk(
    number="SELECT MIN(o.number) FROM order_order o JOIN order_purchase b ON b.id = o.purchase_id "
    "WHERE o.{mine} AND o.status = 'placed' AND b.source = 'counter'"
)


LOT = desk(pk="SELECT MIN(id) FROM traceability_lot WHERE {mine}")


A_HELD_EVENT = (
    "SELECT id FROM traceability_eventupload "
    "WHERE status = 'held' AND lot_id = {pk} ORDER BY received_at LIMIT 1"
)
HELD = desk(
    pk="SELECT MIN(u.lot_id) FROM traceability_eventupload u JOIN traceability_lot l ON l.id = u.lot_id "
    "WHERE l.{mine} AND u.status = 'held'"
)


def ask_for_labels(eyes: Eyes) -> None:
    with translation.override("vi"):
        eyes.phone.open(reverse("desk:lot_codes", kwargs=LOT(eyes)))
    eyes.phone.press("Làm tem PDF")


A_PRINT = desk(
    pk="SELECT MIN(lot_id) FROM traceability_labelprint",
    number="SELECT MIN(id) FROM traceability_labelprint",
)
DRAFT = {"pk": "SELECT MAX(id) FROM catalogue_product WHERE {mine} AND status = 'draft'"}
PURCHASE = of(token="SELECT token FROM order_purchase ORDER BY id DESC LIMIT 1")
TRANSFER = desk(pk="SELECT MIN(id) FROM order_incomingtransfer WHERE state = 'open' AND {mine}")
GIVEN = desk(pk="SELECT MIN(id) FROM order_incomingtransfer WHERE state = 'settled' AND {mine}")
RELEASED = desk(
    pk="SELECT MIN(id) FROM order_incomingtransfer WHERE state = 'settled' AND {mine}",
    number="SELECT MAX(o.number) FROM order_order o JOIN order_payment p ON p.order_id = o.id "
    "WHERE p.status = 'short' AND o.{mine}",
)
ZONE = desk(
    pk="SELECT MAX(id) FROM partner_zone WHERE stall_id = (SELECT id FROM partner_stall WHERE {mine})"
)
STATEMENT = desk(pk="SELECT MAX(id) FROM order_statementimport WHERE status = 'ready' AND {mine}")
PLACED = of(
    token="SELECT b.token FROM order_order o JOIN order_purchase b ON b.id = o.purchase_id "
    "WHERE o.status = 'placed' ORDER BY o.id LIMIT 1",
    number="SELECT number FROM order_order WHERE status = 'placed' ORDER BY id LIMIT 1",
)
A_RETURN = "(SELECT MIN(r.id) FROM order_returncase r WHERE r.status = '{status}')"


def of_buyer(status: str) -> Args:
    """A return in ``status`` as its buyer opens it, under the link of its purchase."""
    row = (
        f"FROM order_returncase r JOIN order_order o ON o.id = r.order_id JOIN order_purchase p ON p.id = "
        f"o.purchase_id WHERE r.id = {A_RETURN.format(status=status)}"
    )
    return of(token=f"SELECT p.token {row}", number=f"SELECT o.number {row}", pk=f"SELECT r.id {row}")


def complaint_of_buyer(eyes: Eyes) -> dict[str, Any]:
    pk = "(SELECT MIN(id) FROM order_complaint WHERE status = 'answered')"
    return {**ask_back(eyes), **of(pk=f"SELECT {pk}")(eyes)}


def ask_back(eyes: Eyes) -> dict[str, Any]:
    return {name: part for name, part in of_buyer("requested")(eyes).items() if name != "pk"}


RATED_ROW = (
    "FROM order_rating r JOIN order_order o ON o.id = r.order_id JOIN order_purchase p ON p.id = o.purchase_id "
    "WHERE r.id = (SELECT MIN(id) FROM order_rating)"
)
RATED = of(token=f"SELECT p.token {RATED_ROW}", number=f"SELECT o.number {RATED_ROW}")
RATED_SLUG = of(slug=f"SELECT slug FROM catalogue_product WHERE id = (SELECT r.product_id {RATED_ROW})")
RATED_GOODS = of(
    token=f"SELECT p.token {RATED_ROW}",
    number=f"SELECT o.number {RATED_ROW}",
    pk=f"SELECT r.product_id {RATED_ROW}",
)


def a_return(status: str) -> Args:
    return desk(pk=f"SELECT {A_RETURN.format(status=status)}")


STALL = of(pk=f"SELECT id FROM partner_stall WHERE slug = '{YEN_DUONG.slug}'")
STEPS = ("anh", "ten", "loai", "gia", "kho", "noi", "nhan", "xong")
MIEN, CHANGED = "Miến dong Yến Dương", "Trà bí thơm túi lọc"


def fill_the_basket(eyes: Eyes) -> None:
    assert eyes.market is not None
    for title in (MIEN, "Chè móc câu Tân Cương"):
        eyes.phone.open(a_product(eyes.market, title))
        eyes.phone.press("Thêm vào giỏ")


def say_where_to(eyes: Eyes) -> None:
    guest, page = eyes.phone, eyes.phone.page
    guest.open(reverse("shop:checkout"))
    page.get_by_label("Họ và tên").fill("Bà Lý")
    page.get_by_label("Số điện thoại").fill("0987654321")
    page.get_by_label("Tỉnh, thành phố").select_option(label="Nghệ An")
    page.locator("select[data-commune] option", has_text="Xã Con Cuông").wait_for(state="attached")
    page.get_by_label("Xã, phường").select_option(label="Xã Con Cuông")
    page.get_by_label("Số nhà, đường, thôn, bản").fill("Bản Khe Rạn")
    guest.press("Tiếp tục")


def choose_transfer(eyes: Eyes) -> None:
    eyes.phone.open(reverse("shop:checkout_payment"))
    for way in eyes.phone.page.get_by_label("VietQR", exact=False).all():
        way.check()
    eyes.phone.press("Tiếp tục")


def place_the_order(eyes: Eyes) -> None:
    eyes.phone.open(reverse("shop:checkout_review"))
    eyes.phone.press("Đặt hàng", exact=False)


def say_it_is_paid(eyes: Eyes) -> None:
    eyes.phone.open(reverse("shop:purchase", kwargs=PURCHASE(eyes)))
    with eyes.phone.page.expect_navigation():
        eyes.phone.page.get_by_role("button", name="Tôi đã chuyển").first.click()


def turn_notices_on(eyes: Eyes) -> None:
    with translation.override("vi"):
        eyes.phone.open(reverse("desk:notifier", args=[YEN_DUONG.slug]))
    eyes.phone.page.check("input[value=sepay]")
    eyes.phone.press("Bật báo có")


def make_a_zone(eyes: Eyes) -> None:
    with translation.override("vi"):
        eyes.phone.open(reverse("desk:zone_add", args=[YEN_DUONG.slug]))
    eyes.phone.page.check("input[value='04']")
    eyes.phone.press("Lưu")


def begin_a_product(eyes: Eyes) -> None:
    eyes.phone.open(HAO_DAT.desk("hang/them/"))
    eyes.phone.press("Chưa có ảnh, thêm sau")


def lock_a_login(eyes: Eyes) -> None:
    """Wrong passwords until the door stays shut; the login is nobody's."""
    for language in LANGUAGES:
        with translation.override(language):
            path = reverse("account_login")
        for _ in range(20):
            answer = eyes.send(path, {"login": "0999999999", "password": "sai-mat-khau"})
            if answer.status == 429:
                break
        assert answer.status == 429
        eyes.here(f"locked {language}")


def open_without_a_token(eyes: Eyes) -> None:
    for language in LANGUAGES:
        with translation.override(language):
            answer = eyes.send(reverse("shop:order_lookup"), {"phone": "0912345678"}, token=False)
        assert answer.status == 403
        eyes.here(f"without a token {language}")


def come_to_nothing(eyes: Eyes) -> None:
    for prefix in ("", "/en"):
        assert eyes.phone.open(f"{prefix}/khong-co-trang-nay/").status == 404
        eyes.here(f"404 {prefix}")


def see_what_a_broken_market_shows(eyes: Eyes) -> None:
    """The pages that ask nobody, drawn here and laid under an address of the market."""
    names = sorted(path.name for path in (ROOT / "templates").glob("[45]*.html"))
    for name in (
        one for one in names if "_problem.html" in (ROOT / "templates" / one).read_text(encoding="utf-8")
    ):
        for language in LANGUAGES:
            with translation.override(language):
                page = render_to_string(name)
            eyes.phone.page.route("**/loi/", partial(_lay, page))
            eyes.phone.open("/loi/")
            eyes.phone.page.unroute("**/loi/")
            eyes.here(f"{name} {language}")


def _lay(page: str, route: Any) -> None:
    route.fulfill(body=page, content_type="text/html")


def new_password_link(eyes: Eyes) -> dict[str, Any]:
    assert eyes.market is not None
    told = eyes.market.manage("shell", "--no-imports", "-c", (
        "from allauth.account.forms import default_token_generator as make\n"
        "from allauth.account.utils import user_pk_to_url_str as part\n"
        "from marketplace.accounts.models import User\n"
        f"user = User.objects.get(phone='{APPLICANT}')\n"
        "print(part(user), make.make_token(user))"
    ))  # fmt: skip
    part, key = told.split()
    return {"uidb36": part, "key": key}


def choose_a_new_password(eyes: Eyes) -> None:
    """The link moves its key into the session and leads on."""
    eyes.phone.open(reverse("account_reset_password_from_key", kwargs=new_password_link(eyes)))


FROM_KEY = of(uidb36="1", key="sai-khoa")


def led_on(eyes: Eyes) -> dict[str, Any]:
    path = eyes.phone.page.url.removeprefix(eyes.phone.url)
    with translation.override("en" if path.startswith("/en/") else "vi"):
        return dict(resolve(path).kwargs)


A_RECALL = "SELECT MAX(id) FROM traceability_recall"


def see_whom_a_recall_touches(eyes: Eyes) -> None:
    for language in LANGUAGES:
        with translation.override(language):
            here = reverse("desk:recall_new", args=[YEN_DUONG.slug])
        eyes.phone.open(f"{here}?lots={LOT(eyes)['pk']}")
        eyes.here(f"desk:recall_new preview {language}")


def call_a_lot_back(eyes: Eyes) -> None:
    """The oldest lot of the director's cooperative, once."""
    assert eyes.market is not None
    eyes.market.manage("shell", "--no-imports", "-c", (
        "import uuid\n"
        "from marketplace.foundation.actor import Actor\n"
        "from orders import recalls\n"
        "from traceability.models import Lot, Recall\n"
        f"lot = Lot.objects.filter(cooperative__stall__slug='{YEN_DUONG.slug}').order_by('pk')[0]\n"
        "if not Recall.objects.exists():\n"
        "    recalls.recall(lot.cooperative, [lot], reason='Kiểm nghiệm thấy dư lượng.', side='seller',\n"
        "                   form_key=uuid.uuid4(), by=Actor.system('test'))\n"
    ))  # fmt: skip


def copy_a_label(eyes: Eyes) -> None:
    """Two packets, once: one with a number under its scratch layer; one seen in many places and reported as fake."""
    assert eyes.market is not None
    eyes.market.manage("shell", "--no-imports", "-c", (
        "from marketplace.foundation.actor import Actor\n"
        "from traceability import codes, fakes, pins\n"
        "from traceability.models import AlarmCase, Lot\n"
        "by = Actor.system('test')\n"
        f"lot = Lot.objects.filter(cooperative__stall__slug='{YEN_DUONG.slug}').order_by('pk')[1]\n"
        "if not AlarmCase.objects.exists():\n"
        "    run = codes.issue_unit_codes(lot, 2, by=by)\n"
        "    codes.activate_run(run, by=by)\n"
        "    first, second = run.codes.order_by('number')\n"
        "    pins.keep({first.pk: '123456'})\n"
        "    AlarmCase.objects.create(code=second, cooperative=lot.cooperative, level='red', status='open',\n"
        "                             devices=9, places=4)\n"
        "    fakes.report(second, words='Tem mờ, gói không giống lần trước.', device='may', by=Actor.guest())\n"
    ))  # fmt: skip


WITH_PIN = of(code="SELECT MIN(code_id) FROM traceability_scratchpin")
COPIED = of(code="SELECT MIN(code_id) FROM traceability_alarmcase")
REPORT = of(pk="SELECT MIN(id) FROM traceability_fakereport")


def let_things_go_wrong(eyes: Eyes) -> None:
    """A lot past its day, a code out of use."""
    assert eyes.market is not None
    eyes.market.manage("shell", "--no-imports", "-c", (
        "from traceability.models import Lot, TraceCode\n"
        "first, third = Lot.objects.filter(codes__kind='lot').exclude(status='recalled').order_by('-pk')[:2]\n"
        "Lot.objects.filter(pk=first.pk).update(made_on='2024-01-01', packed_on=None, expires_on='2025-01-01')\n"
        "TraceCode.objects.filter(lot=third).update(status='revoked')\n"
    ))  # fmt: skip


def look_at_what_differs(eyes: Eyes) -> None:
    for language in LANGUAGES:
        with translation.override(language):
            eyes.phone.open(reverse("desk:stock_take", args=[YEN_DUONG.slug]))
        eyes.phone.page.locator("form input[name^=n_]").first.fill("1")
        eyes.phone.page.locator("form.stick button").click()
        eyes.here(f"desk:stock_take differences {language}")


def lose_what_is_ordered(eyes: Eyes) -> None:
    """Less of the noodles is there than is ordered."""
    _noodles(eyes, "record.update(num_in_stock=1)")


def find_it_again(eyes: Eyes) -> None:
    _noodles(eyes, "record.update(num_in_stock=sum(record.values_list('movements__quantity', flat=True)))")


def _noodles(eyes: Eyes, doing: str) -> None:
    assert eyes.market is not None
    eyes.market.manage("shell", "--no-imports", "-c", (
        "from cooperatives.models import StockRecord\n"
        f"record = StockRecord.objects.filter(product__title='{MIEN}')\n{doing}\n"
    ))  # fmt: skip


def code_of_lot(condition: str) -> Args:
    return of(
        code="SELECT MIN(c.code) FROM traceability_tracecode c JOIN traceability_lot l ON l.id = c.lot_id "
        f"WHERE c.kind = 'lot' AND {condition}"
    )


WALKS: dict[str, tuple[str, list[Step]]] = {
    "whoever looks around": ("", [
        Look("shop:home"),
        Look("shop:products"),
        Look("shop:products", query="?sao=4", label="with a filter"),
        Look("shop:categories"),
        Look("shop:category", of(slug="tra-che")),
        Look("shop:provinces"),
        Look("shop:province", of(slug="thai-nguyen")),
        Look("shop:search", query="?q=mien+dong"),
        Look("shop:search", query="?q=khong-co-gi-het", label="nothing found"),
        Look("shop:stalls"),
        Look("shop:stall", of(slug=YEN_DUONG.slug)),
        Look("shop:product", of(slug=f"SELECT slug FROM catalogue_product WHERE title = '{MIEN}'")),
        Look("shop:scan"),
        refused("shop:scan"),
        Look("shop:order_lookup"),
        refused("shop:order_lookup"),
        Look("shop:basket", label="empty"),
        Look("trace", lambda eyes: {"code": a_lot_code(eyes.market)}),
        Look("trace", of(code="4HYJE1B2"), label="unknown", status=404),
        Look("trace_report", lambda eyes: {"code": a_lot_code(eyes.market)}),
        refused("trace_report", lambda eyes: {"code": a_lot_code(eyes.market)}),
        copy_a_label,
        Look("trace", WITH_PIN, label="with a number under its scratch layer"),
        refused("trace_confirm", WITH_PIN),
        Look("trace", COPIED, label="copied"),
        Look("shop:log"),
        Look("shop:log_lot", lambda eyes: {"code": a_lot_code(eyes.market)}),
        Look("account_login"),
        refused("account_login"),
        Look("account_signup"),
        refused("account_signup"),
        Look("account_inactive"),
        Look("account_reset_password"),
        refused("account_reset_password"),
        Look("account_reset_password_done"),
        Look("account_reset_password_from_key", FROM_KEY, label="with an old link"),
        choose_a_new_password,
        Look("account_reset_password_from_key", led_on),
        refused("account_reset_password_from_key", led_on),
    ]),
    "a guest who buys": ("", [
        fill_the_basket,
        Look("shop:basket"),
        refused("shop:basket_voucher", code="KHONGCO"),
        Look("shop:checkout"),
        refused("shop:checkout"),
        say_where_to,
        Look("shop:checkout_payment"),
        refused("shop:checkout_payment"),
        choose_transfer,
        Look("shop:checkout_review"),
        place_the_order,
        Look("shop:purchase", PURCHASE),
        say_it_is_paid,
        Look("shop:purchase", PURCHASE, label="claimed"),
        Look("shop:contract", PURCHASE),
        Look("shop:order_contract", PLACED),
        refused("shop:purchase_invoice", PLACED),
        Look("shop:receipt", PAID_FOR),
    ]),
    "a buyer who gives goods back": ("", [
        Look("shop:purchase", lambda eyes: {"token": OWED_TO(eyes)["token"]}, label="money comes back"),
        refused("shop:purchase_account", OWED_TO),
        refused("shop:purchase_cancel", PLACED, reason="x" * 301),
        Look("shop:cases", ask_back),
        Look("shop:return_ask", ask_back),
        refused("shop:return_ask", ask_back),
        Look("shop:complain", ask_back),
        refused("shop:complain", ask_back),
        Look("shop:complaint", complaint_of_buyer),
        refused("shop:complaint", complaint_of_buyer),
        Look("shop:ratings_of_order", RATED),
        Look("shop:rate", RATED_GOODS),
        refused("shop:rate", RATED_GOODS),
        Look("shop:ratings", RATED_SLUG),
        *(Look("shop:return_case", of_buyer(status), label=status)
          for status in ("requested", "agreed", "disputed")),
    ]),
    "somebody at a shut door": ("", [
        come_to_nothing, open_without_a_token, see_what_a_broken_market_shows, lock_a_login,
    ]),
    "a buyer with an account": (BUYER, [
        Look("shop:me"),
        Look("shop:my_letters"),
        Look("account_change_password"),
        refused("account_change_password"),
        Look("account_logout"),
        Look("shop:apply", label="a new application"),
        refused("shop:apply", submit="1"),
    ]),
    "who wants a stall": (APPLICANT, [Look("shop:apply")]),
    "a packer": (YEN_DUONG.packer, [
        Look("desk:today", desk()),
        Look("desk:order", order("confirmed"), label="of a packer"),
        Look("desk:products", desk(), label="not for packers", status=403),
    ]),
    "a director and the orders": (YEN_DUONG.director, [
        Look("desk:today", desk()),
        Look("desk:orders", desk()),
        Look("desk:order", order("placed"), label="placed"),
        Look("desk:order", order("placed", "waiting"), label="waiting for money"),
        Look("desk:order", order("placed", "claimed"), label="claimed"),
        Look("desk:order", order("confirmed"), label="confirmed"),
        Look("desk:order", order("packed"), label="packed"),
        Look("desk:order", order("shipped", "received"), label="shipped"),
        Look("desk:order", order("delivered"), label="delivered"),
        Look("desk:order", order("cancelled", "void"), label="cancelled"),
        Look("desk:order", order("returned", "void"), label="came back"),
        Look("desk:order", order("cancelled", "received"), label="money to send back"),
        Look("desk:slip", parcel("packed")),
        Look("desk:packing_list", desk()),
        Look("desk:contract", order("returned", "void")),
        Look("desk:receipt", order("shipped", "received")),
        Look("desk:invoices", desk()),
        Look("desk:order", ASKED, label="invoice asked"),
        refused("desk:invoice_write", ASKED),
        refused("desk:order_pack", order("confirmed")),
        refused("desk:order_cut", IN_PARTS),
        refused("desk:parcel_ship", parcel("packed")),
        refused("desk:parcel_back", parcel("shipped")),
        refused("desk:refund_give", order("delivered")),
        refused("desk:refund_account", OWED),
        refused("desk:refund_sent", OWED),
        refused("desk:refund_drop", OWED),
        send_it_back,
        refused("desk:refund_bounced", OWED),
        Look("desk:sale", desk()),
        refused("desk:sale", desk()),
        Look("desk:sale_done", AT_COUNTER),
        Look("desk:taken_order", desk()),
        refused("desk:taken_order", desk()),
        Look("desk:books", desk()),
        Look("desk:book_month", lambda eyes: {**desk()(eyes), "name": f"{timezone.localdate():%Y-%m}"}),
        refused("desk:order_cancel", order("placed")),
        refused("desk:payment_undo", order("shipped", "received")),
        Look("desk:order", order("placed", "short"), label="paid in part"),
        Look("desk:transfers", desk(), query="?loc=khong-ro"),
        Look("desk:transfers", desk(), label="nothing to look at"),
        Look("desk:transfer", TRANSFER),
        Look("desk:transfer", GIVEN, label="on an order"),
        refused("desk:transfer_assign", TRANSFER),
        refused("desk:transfer_close", TRANSFER),
        refused("desk:transfer_release", RELEASED),
        Look("desk:cases", desk()),
        Look("desk:cases", desk(), query="?loc=khieu-nai", label="complaints"),
        Look("desk:complaint", desk(pk="SELECT MIN(id) FROM order_complaint")),
        refused("desk:complaint", desk(pk="SELECT MIN(id) FROM order_complaint")),
        Look("desk:ratings", desk()),
        Look("desk:rating", desk(pk=f"SELECT r.id {RATED_ROW}")),
        refused("desk:rating", desk(pk=f"SELECT r.id {RATED_ROW}")),
        *(Look("desk:return_case", a_return(status), label=status)
          for status in ("requested", "agreed", "disputed")),
        refused("desk:return_agree", a_return("requested")),
        refused("desk:return_dispute", a_return("requested")),
        refused("desk:return_back", a_return("agreed")),
        Look("desk:notifier", desk()),
        refused("desk:notifier", desk()),
        turn_notices_on,
        Look("desk:notifier", desk(), label="on"),
        Look("desk:statements", desk()),
        refused("desk:statements", desk()),
        Look("desk:statement", STATEMENT),
        Look("desk:inbox", desk()),
        Look("desk:stall", desk()),
        refused("desk:stall", desk()),
        Look("desk:rates", desk()),
        refused("desk:rates", desk()),
        Look("desk:carriers", desk()),
        refused("desk:carriers", desk()),
        Look("desk:zone_add", desk()),
        refused("desk:zone_add", desk()),
        make_a_zone,
        Look("desk:zone", ZONE),
        refused("desk:zone", ZONE),
        Look("desk:vouchers", desk()),
        Look("desk:voucher_add", desk()),
        refused("desk:voucher_add", desk()),
        Look("desk:bank", desk()),
        refused("desk:bank", desk()),
        Look("desk:members", desk()),
        refused("desk:members", desk()),
    ]),
    "a director and the lots": (YEN_DUONG.director, [
        Look("desk:lots", desk()),
        Look("desk:lot_scan", desk()),
        refused("desk:lot_scan", desk()),
        Look("desk:lot_add", desk()),
        refused("desk:lot_add", desk()),
        Look("desk:lot", LOT),
        Look("desk:field", desk()),
        Look("desk:lot_event", LOT),
        refused("desk:lot_event", LOT),
        refused("desk:lot_stock", LOT),
        Look("desk:lot_waiting", HELD),
        refused("desk:lot_waiting", HELD, event=A_HELD_EVENT, decision="aside"),
        Look("desk:lot_dossier", LOT),
        refused("desk:lot_dossier", LOT),
        Look("desk:lot_sensors", LOT),
        refused("desk:lot_sensors", LOT),
        Look("desk:households", desk()),
        refused("desk:households", desk()),
        Look("desk:household", desk(pk="SELECT MIN(id) FROM partner_household WHERE {mine}")),
        refused("desk:household", desk(pk="SELECT MIN(id) FROM partner_household WHERE {mine}")),
        Look("desk:household_edit", desk(pk="SELECT MIN(id) FROM partner_household WHERE {mine}")),
        refused("desk:household_edit", desk(pk="SELECT MIN(id) FROM partner_household WHERE {mine}")),
        Look("desk:plot_edit", desk(pk=A_PLOT)),
        refused("desk:plot_edit", desk(pk=A_PLOT)),
        Look("desk:lot_slips", LOT),
        refused("desk:lot_slips", LOT),
        Look("desk:lot_make", LOT),
        refused("desk:lot_make", LOT),
        Look("desk:lot_codes", LOT),
        refused("desk:lot_codes", LOT),
        refused("desk:lot_labels", LOT),
        Look("desk:lot_stamps", LOT),
        Look("desk:lot_poster", LOT),
        Look("desk:stall_poster", desk()),
        refused("desk:lot_stamps", LOT),
        Look("desk:alarms", desk()),
        Look("desk:reports", desk()),
        ask_for_labels,
        Look("desk:lot_print", A_PRINT),
        Look("desk:lot_paper", LOT),
        refused("desk:lot_paper", LOT),
        Look("desk:numbers", desk()),
        Look("desk:senders", desk()),
        refused("desk:senders", desk()),
        Look("desk:number_add", desk()),
        refused("desk:number_add", desk()),
        Look("desk:recalls", desk()),
        Look("desk:recall_new", desk()),
        refused("desk:recall_new", desk()),
        see_whom_a_recall_touches,
        call_a_lot_back,
        Look("desk:recall", desk(pk=A_RECALL)),
        refused("desk:recall", desk(pk=A_RECALL)),
        Look("digital_link", of(key="01", rest="1"), label="malformed", status=400),
        let_things_go_wrong,
        Look("trace", code_of_lot("l.expires_on = '2025-01-01'"), label="expired"),
        Look("trace", code_of_lot("l.status = 'recalled'"), label="recalled"),
        Look("trace", code_of_lot("c.status = 'revoked'"), label="retired"),
    ]),
    "a director and the stock": (YEN_DUONG.director, [
        Look("desk:stock", desk()),
        Look("desk:stock", desk(), query="?q=khong-co-gi-het", label="nothing found"),
        Look("desk:stock_of", product(MIEN)),
        Look("desk:stock_add", product(MIEN)),
        refused("desk:stock_add", product(MIEN)),
        Look("desk:stock_spoil", product(MIEN)),
        refused("desk:stock_spoil", product(MIEN)),
        Look("desk:stock_move", product(MIEN)),
        refused("desk:stock_move", product(MIEN)),
        Look("desk:stock_take", desk()),
        refused("desk:stock_take", desk()),
        look_at_what_differs,
        lose_what_is_ordered,
        Look("desk:stock_of", product(MIEN), label="short"),
        Look("desk:today", desk(), label="short"),
        find_it_again,
    ]),
    "a director and the goods": (YEN_DUONG.director, [
        Look("desk:products", desk()),
        Look("desk:product_add", desk()),
        refused("desk:product_add", desk()),
        Look("desk:product", product(MIEN)),
        Look("desk:product", product(CHANGED), label="with a change"),
        Look("desk:product_step", product(MIEN, step="ten"), label="of goods on the shelf"),
        Look("desk:product_price", product(MIEN)),
        refused("desk:product_price", product(MIEN), price="không"),
        Look("desk:product_parts", product(MIEN)),
        refused("desk:product_parts", product(MIEN)),
        Look("desk:windows", desk()),
        Look("desk:window_add", product(MIEN)),
        refused("desk:window_add", product(MIEN)),
        Look("desk:certificate", product(MIEN)),
        refused("desk:certificate", product(MIEN)),
    ]),
    "who describes a new product": (HAO_DAT.director, [
        begin_a_product,
        *(Look("desk:product_step", desk(HAO_DAT.slug, **DRAFT, step=step), label=step) for step in STEPS),
        *(refused("desk:product_step", desk(HAO_DAT.slug, **DRAFT, step=step), label=f"{step} refused")
          for step in ("ten", "loai", "gia", "kho")),
    ]),
    "an officer": (OFFICER, [
        Look("review:home"),
        Look("review:applications"),
        Look("review:application", case("partner_application", "submitted")),
        refused("review:application", case("partner_application", "submitted"), decision="refuse"),
        Look("review:bank_accounts"),
        Look("review:bank_account", case("partner_bankaccount", "waiting")),
        refused("review:bank_account", case("partner_bankaccount", "waiting"), decision="refuse"),
        Look("review:products"),
        Look("review:product", case("catalogue_product", "submitted")),
        refused("review:product", case("catalogue_product", "submitted"), decision="refuse"),
        Look("review:changes"),
        Look("review:change", case("catalogue_productchange", "waiting")),
        refused("review:change", case("catalogue_productchange", "waiting"), decision="refuse"),
        Look("review:certificates"),
        Look("review:certificate", case("catalogue_ocopcertificate", "waiting")),
        refused("review:certificate", case("catalogue_ocopcertificate", "waiting"), decision="refuse"),
        Look("review:complaints"),
        Look("review:complaint", case("order_complaint", "escalated")),
        refused("review:complaint", case("order_complaint", "escalated")),
        Look("review:returns"),
        Look("review:return_case", case("order_returncase", "disputed")),
        refused("review:return_case", case("order_returncase", "disputed")),
        call_a_lot_back,
        Look("review:recalls"),
        Look("review:recall_new", query="?htx=1"),
        refused("review:recall_new", htx="1"),
        Look("review:recall", of(pk=A_RECALL)),
        refused("review:recall", of(pk=A_RECALL)),
        copy_a_label,
        Look("review:alarms"),
        Look("review:alarm", COPIED),
        refused("review:alarm", COPIED),
        Look("review:reports"),
        Look("review:report", REPORT),
        refused("review:report", REPORT),
        Look("review:ratings"),
        Look("review:rating", case("order_rating", "shown")),
        refused("review:rating", case("order_rating", "shown")),
        Look("review:vouchers"),
        refused("review:vouchers"),
        Look("review:voucher", of(pk="SELECT MAX(id) FROM order_voucher WHERE province_code = '19'")),
        Look("review:stalls"),
        Look("review:stall", STALL),
        refused("review:stall", STALL, decision="suspend"),
    ]),
}  # fmt: skip


# --- the tests --------------------------------------------------------------------------------------------
def looks() -> list[Look]:
    return [step for _, steps in WALKS.values() for step in steps if isinstance(step, Look)]


def test_every_page_is_on_somebodys_way() -> None:
    opened = {look.name for look in looks() if look.body is None}

    assert sorted(pages() - ONLY_WHEN_REFUSED - opened) == []
    assert sorted({look.name for look in looks()} - pages()) == []


def test_every_form_is_sent_wrong_by_somebody() -> None:
    sent = {look.name for look in looks() if look.body is not None}

    assert sorted({form.name for form in FORMS if not form.bare} - sent) == []


@pytest.mark.browser
def test_the_look_finds_a_fault_where_there_is_one(eyes):
    one = eyes()
    page = one.phone.page
    one.phone.open("/quet/")
    page.evaluate("document.querySelectorAll('label').forEach(label => label.remove())")
    page.evaluate("document.querySelector('h1').className = 'card'; document.body.style.width = '500px'")
    page.evaluate("document.querySelector('h1').style.color = '#333'")

    one.here("broken")

    assert [fault.split(" (")[0] for fault in one.found] == [
        "broken: label",
        "broken: the page is 140 px wider than the phone",
        "broken dark: color-contrast",
    ]


def test_dark_changes_nothing_but_colours() -> None:
    """One question for the dark in all style sheets, and in it only variables: else dark pages would need all rules."""
    styles = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "static/css/src").glob("*.css"))]
    asked = re.findall(r"prefers-color-scheme[^{]*\{((?:[^{}]*\{[^{}]*\})*)", "\n".join(styles))

    assert len(asked) == 1
    lines = [
        line.strip() for line in asked[0].splitlines() if ":" in line and not line.strip().endswith(":root {")
    ]
    assert len(lines) > 20
    assert [line for line in lines if not line.startswith("--")] == [".pic img { filter: brightness(.9); }"]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("who", list(WALKS))
def test_nothing_stands_in_the_way_of(who, eyes):
    login, steps = WALKS[who]
    one = eyes()
    if login:
        one.phone.sign_in(login)
    for step in steps:
        if isinstance(step, Look):
            one.at(step)
        else:
            step(one)
    one.end()


@pytest.mark.browser
@pytest.mark.slow
def test_the_main_page_of_each_audience_is_as_good_on_a_wide_screen(eyes):
    one = eyes(width=1280)
    wide = {"shop:home", "shop:product", "shop:basket", "trace", "account_login"}
    for look in WALKS["whoever looks around"][1]:
        if isinstance(look, Look) and look.name in wide and look.body is None:
            one.at(look)
    for login, names in ((YEN_DUONG.director, ("today", "orders", "products", "lots")), (OFFICER, ())):
        one.phone.context.clear_cookies()
        one.phone.sign_in(login)
        for name in names:
            one.at(Look(f"desk:{name}", desk()))
    one.at(Look("review:home"))
    one.at(Look("review:product", case("catalogue_product", "submitted")))
    one.end()
