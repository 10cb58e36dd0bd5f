"""Who and what the demo market has that the journeys use; the logins stand in ``marketplace/demo/logins.json``."""

from __future__ import annotations

from dataclasses import dataclass

from .market import Market


@dataclass(frozen=True)
class Seller:
    """A cooperative of the demo market with its director's and its packer's login."""

    name: str
    slug: str
    director: str
    packer: str

    def desk(self, path: str = "") -> str:
        return f"/quan-ly/{self.slug}/{path}"


YEN_DUONG = Seller("HTX Yến Dương", "htx-yen-duong", "0901000001", "0902000001")
HAO_DAT = Seller("HTX chè Hảo Đạt", "htx-che-hao-dat", "0901000008", "0902000008")
OFFICER = "0900000019"  # of Thái Nguyên, where both sell
BUYER = "0900000002"
APPLICANT = "0903000001"


def a_product(market: Market, title: str = "Miến dong Yến Dương") -> str:
    """Return the address of a product on the shelf."""
    [(slug,)] = market.data.rows(f"SELECT slug FROM catalogue_product WHERE title = '{title}'")
    return f"/san-pham/{slug}/"


def a_lot_code(market: Market, title: str = "Miến dong Yến Dương") -> str:
    """Return the code of the newest lot of a product."""
    return market.data.rows(
        "SELECT c.code FROM traceability_tracecode c JOIN traceability_lot l ON l.id = c.lot_id "
        f"JOIN catalogue_product p ON p.id = l.product_id WHERE p.title = '{title}' AND c.kind = 'lot' "
        "ORDER BY l.id DESC LIMIT 1"
    )[0][0]
