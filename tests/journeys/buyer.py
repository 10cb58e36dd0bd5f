"""A visitor without a browser, and a guest purchase up to its last button."""

from __future__ import annotations

import http.client
import re
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TOKEN = "k" * 32  # a visitor brings the CSRF cookie and the field with it; any value of this length will do


class Buyer:
    """A visitor without a browser: cookies, forms, and the address each answer leads to."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies = {"csrftoken": TOKEN}

    def send(self, path: str, **fields: object) -> tuple[int, str]:
        """Post a form (or open the page when there is no field); return status and where it leads."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({"csrfmiddlewaretoken": TOKEN, **fields})
        try:
            line.request("POST" if fields else "GET", path, body, headers)
            answer = line.getresponse()
            self.page = answer.read().decode()
        finally:
            line.close()
        for header in answer.headers.get_all("Set-Cookie") or ():
            for name, kept in SimpleCookie(header).items():
                self.cookies[name] = kept.value
        return answer.status, answer.headers.get("Location", "")


class Placing:
    """One purchase on its way: its key, who asked, and the page it was given, once the buyer has seen it."""

    def __init__(self, buyer: Buyer, fields: dict[str, str]) -> None:
        self.buyer, self.fields, self.seen = buyer, fields, ""

    def confirm(self) -> None:
        status, leads_to = self.buyer.send("/dat-hang/xem-lai/", **self.fields)
        assert (status, leads_to[:9]) == (302, "/lan-mua/"), (status, leads_to)
        self.seen = leads_to


def prepare(port: int, product: int, cooperative: int, number: int) -> Placing:
    """Fill a basket and answer every question but the last."""
    buyer = Buyer(port)
    assert buyer.send("/gio-hang/them/", product=product, quantity=1)[0] == 302
    delivery = {
        "buyer_name": f"Khách {number}",
        "phone": f"0912{number:06d}",
        "email": f"khach{number}@example.vn" if number % 2 else "",
        "province_code": "01",
        "commune_code": "00004",
        "street": "Số 1",
    }
    assert buyer.send("/dat-hang/", **delivery) == (302, "/dat-hang/thanh-toan/")
    # Where the stall lets buyers fetch their goods as well, this one wants them sent.
    methods = {f"method_{cooperative}": "cod", f"way_{cooperative}": "send"}
    assert buyer.send("/dat-hang/thanh-toan/", **methods) == (302, "/dat-hang/xem-lai/")
    status, _ = buyer.send("/dat-hang/xem-lai/")
    assert status == 200
    fields = {
        name: re.search(f'name="{name}" value="([^"]+)"', buyer.page).group(1)
        for name in ("placement_key", "shown_total")
    }
    return Placing(buyer, fields)
