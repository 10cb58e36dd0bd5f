"""Which addresses are pages: what tests that look at every page must have looked at.

An address is a page unless it is listed here with what it answers instead, so whoever adds one is asked for a look.
"""

from __future__ import annotations

from pathlib import Path

from tests.test_permissions import patterns

ROOT = Path(__file__).resolve().parent.parent
BUTTON = "a button: it does something and sends elsewhere"
NOT_PAGES = {
    "sitemap": "XML",
    "robots": "plain text",
    "log_checkpoint": "plain text",
    "keeper": "a script",
    "field_keeper": "a script",
    "log_entries": "bytes",
    "log_tile": "bytes",
    "log_proof": "a file",
    "log_consistency": "plain text",
    "health": "JSON",
    "alive": "JSON",
    "media": "a file",
    "bank_notice": "JSON",
    "carrier_call": "JSON",
    "places:communes": "JSON",
    "trace_epcis": "JSON",
    "gs1resolver": "JSON",
    "epcis_capture": "JSON",
    "sensor_readings": "JSON",
    "desk:event_upload": "JSON for a script",
    "desk:event_photo": "JSON for a script",
    "desk:sensor_shut_out": BUTTON,
    "desk:epcis_period": "a file",
    "desk:recall_told": BUTTON,
    "desk:number_retire": BUTTON,
    "desk:sender_shut_out": BUTTON,
    "shop:basket_add": BUTTON,
    "shop:basket_change": BUTTON,
    "desk:window_end": BUTTON,
    "desk:voucher_end": BUTTON,
    "review:support_file": "a file",
    "shop:purchase_qr": "a picture",
    "shop:purchase_claim": BUTTON,
    "shop:buy_again": BUTTON,
    "shop:invoice_file": "a file",
    "desk:invoice_file": "a file",
    "shop:purchase_push": "JSON for a script",
    "shop:my_push": "JSON for a script",
    "desk:push": "JSON for a script",
    "shop:apply_paper": "a file",
    "desk:paper": "a file",
    "desk:order_confirm": BUTTON,
    "desk:parcel_unpack": BUTTON,
    "desk:parcel_deliver": BUTTON,
    "desk:refund_qr": "a picture",
    "shop:return_withdraw": BUTTON,
    "shop:complaint_close": BUTTON,
    "shop:complaint_escalate": BUTTON,
    "review:rating_show": BUTTON,
    "desk:payment_received": BUTTON,
    "desk:payment_missing": BUTTON,
    "desk:transfers_close": BUTTON,
    "desk:month_close": BUTTON,
    "desk:sale_paid": BUTTON,
    "desk:sale_off": BUTTON,
    "desk:month_file": "a file",
    "desk:statement_apply": BUTTON,
    "desk:statement_drop": BUTTON,
    "desk:lot_close": BUTTON,
    "desk:lot_print_file": "a file",
    "desk:lot_slips_file": "a file",
    "desk:product_autosave": "204 for a script",
    "review:paper": "a file",
}
# These are only sent to; what they answer to a wrong form is a page.
ONLY_WHEN_REFUSED = {
    "trace_confirm",
    "shop:basket_voucher",
    "desk:order_pack",
    "desk:order_cut",
    "desk:parcel_ship",
    "desk:parcel_back",
    "desk:refund_give",
    "desk:refund_account",
    "desk:refund_sent",
    "desk:refund_bounced",
    "desk:refund_drop",
    "desk:order_cancel",
    "shop:purchase_cancel",
    "shop:purchase_account",
    "shop:purchase_invoice",
    "desk:invoice_write",
    "desk:payment_undo",
    "desk:return_agree",
    "desk:return_dispute",
    "desk:return_back",
    "desk:transfer_assign",
    "desk:transfer_release",
    "desk:transfer_close",
    "desk:lot_stock",
    "desk:lot_labels",
}


def pages() -> set[str]:
    """The full names of all addresses that are pages of ours; the operator's admin is Django's."""
    return {name for name in patterns() if not name.startswith("admin:") and name not in NOT_PAGES}
