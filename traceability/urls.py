"""Addresses of the second floor, by audience. ``roots`` stands outside of languages: a printed code never moves."""

from django.urls import path, re_path

from .gs1_facts import KEYS
from .views import collecting as of_slips
from .views import desk as at_desk
from .views import epcis as of_epcis
from .views import field as in_field
from .views import log as of_log
from .views import numbers as of_numbers
from .views import posters, resolver
from .views import readings as of_readings
from .views import review as at_review
from .views import sensors as of_sensors
from .views import shop as in_shop
from .views import stock as of_stock
from .views import uploads as of_phones
from .views import waiting as of_waiting

roots = [
    path("Q/<str:code>", in_shop.trace, name="trace"),
    path("Q/-/keeper.js", in_shop.keeper, name="keeper"),
    path("Q/-/field-keeper.js", in_field.field_keeper, name="field_keeper"),
    path("trace-log/checkpoint", of_log.checkpoint, name="log_checkpoint"),
    path("trace-log/tile/entries/<path:path>", of_log.entries, name="log_entries"),
    path("trace-log/tile/<int:level>/<path:path>", of_log.tile, name="log_tile"),
    path("trace-log/consistency/<int:old>/<int:new>", of_log.consistency, name="log_consistency"),
    path("trace-log/proof/<uuid:event>", of_log.proof, name="log_proof"),
    path("Q/<str:code>/su-kien.jsonld", of_epcis.trace_epcis, name="trace_epcis"),
    # A serial may hold a slash, so what stands behind the key is taken whole.
    re_path(rf"^(?P<key>{'|'.join(KEYS)})/(?P<rest>[\s\S]+)$", resolver.resolve, name="digital_link"),
    path("do", of_readings.readings, name="sensor_readings"),
    path("epcis/capture", of_epcis.capture, name="epcis_capture"),
    path(".well-known/gs1resolver", resolver.description, name="gs1resolver"),
    path("Q/<str:code>/xac-nhan", in_shop.confirm, name="trace_confirm"),
    path("Q/<str:code>/bao-gia", in_shop.report, name="trace_report"),
]

shop = [
    path("quet/", in_shop.scan, name="scan"),
    path("so/", of_log.about, name="log"),
    path("so/<str:code>/", of_log.of_lot, name="log_lot"),
]

desk = [
    path("lo/", at_desk.lots, name="lots"),
    path("ghi-viec/", in_field.field, name="field"),
    path("lo/quet/", at_desk.lot_scan, name="lot_scan"),
    path("lo/them/", at_desk.lot_add, name="lot_add"),
    path("lo/chuan-gs1/", of_numbers.numbers, name="numbers"),
    path("lo/chuan-gs1/them/", of_numbers.number_add, name="number_add"),
    path("lo/chuan-gs1/<int:pk>/bo/", of_numbers.number_retire, name="number_retire"),
    path("lo/don-vi-gui/", of_numbers.senders, name="senders"),
    path("lo/don-vi-gui/<int:pk>/khoa/", of_numbers.sender_shut_out, name="sender_shut_out"),
    path("lo/su-kien.jsonld", of_numbers.epcis_period, name="epcis_period"),
    path("lo/viec-gui/", of_phones.event_upload, name="event_upload"),
    path("lo/viec-gui/<uuid:event>/anh/<int:slot>/", of_phones.event_photo, name="event_photo"),
    path("lo/<int:pk>/", at_desk.lot, name="lot"),
    path("lo/<int:pk>/su-kien/", at_desk.lot_event, name="lot_event"),
    path("lo/<int:pk>/viec-cho/", of_waiting.lot_waiting, name="lot_waiting"),
    path("lo/<int:pk>/lam-tiep/", at_desk.lot_make, name="lot_make"),
    path("lo/<int:pk>/nhap-kho/", at_desk.lot_stock, name="lot_stock"),
    path("lo/<int:pk>/ma/", at_desk.lot_codes, name="lot_codes"),
    path("lo/<int:pk>/tem-mua/", at_desk.lot_stamps, name="lot_stamps"),
    path("lo/<int:pk>/tem/", at_desk.lot_labels, name="lot_labels"),
    path("lo/<int:pk>/tem/<int:number>/", at_desk.lot_print, name="lot_print"),
    path("lo/<int:pk>/tem/<int:number>/tem.pdf", at_desk.lot_print_file, name="lot_print_file"),
    path("lo/<int:pk>/ap-phich/", posters.of_lot, name="lot_poster"),
    path("gian-hang/ap-phich/", posters.of_stall, name="stall_poster"),
    path("lo/<int:pk>/giay/", at_desk.lot_paper, name="lot_paper"),
    path("lo/<int:pk>/ho-so/", at_desk.lot_dossier, name="lot_dossier"),
    path("lo/<int:pk>/dong/", at_desk.lot_close, name="lot_close"),
    path("lo/tem-bi-chep/", at_desk.alarms, name="alarms"),
    path("ho/", of_slips.households, name="households"),
    path("ho/<int:pk>/", of_slips.household, name="household"),
    path("ho/<int:pk>/sua/", of_slips.household_edit, name="household_edit"),
    path("ho/thua/<int:pk>/", of_slips.plot_edit, name="plot_edit"),
    path("lo/<int:pk>/phieu-can/", of_slips.lot_slips, name="lot_slips"),
    path("lo/<int:pk>/may-do/", of_sensors.lot_sensors, name="lot_sensors"),
    path("may-do/<int:pk>/khoa/", of_sensors.sensor_shut_out, name="sensor_shut_out"),
    path("lo/<int:pk>/phieu-can.csv", of_slips.lot_slips_file, name="lot_slips_file"),
    path("lo/bao-hang-gia/", at_desk.reports, name="reports"),
    path("kho/", of_stock.stock_page, name="stock"),
    path("kho/kiem-ke/", of_stock.stock_take, name="stock_take"),
    path("kho/<int:pk>/", of_stock.stock_of, name="stock_of"),
    path("kho/<int:pk>/nhap/", of_stock.stock_add, name="stock_add"),
    path("kho/<int:pk>/hong/", of_stock.stock_spoil, name="stock_spoil"),
    path("kho/<int:pk>/chuyen-lo/", of_stock.stock_move, name="stock_move"),
]

review = [
    path("tem-bi-chep/", at_review.alarms, name="alarms"),
    path("tem-bi-chep/<str:code>/", at_review.alarm, name="alarm"),
    path("bao-hang-gia/", at_review.reports, name="reports"),
    path("bao-hang-gia/<int:pk>/", at_review.report, name="report"),
]
