"""Oscar's packages that stay installed only because the forked tables point at them.

Each config is Oscar's with an empty ``ready``: Oscar's own would load its views, and those its search.
"""

from oscar.apps.address.apps import AddressConfig as OscarAddress
from oscar.apps.communication.apps import CommunicationConfig as OscarCommunication
from oscar.apps.customer.apps import CustomerConfig as OscarCustomer
from oscar.apps.offer.apps import OfferConfig as OscarOffer
from oscar.apps.payment.apps import PaymentConfig as OscarPayment
from oscar.apps.voucher.apps import VoucherConfig as OscarVoucher


class AddressConfig(OscarAddress):
    def ready(self) -> None:
        pass


class PaymentConfig(OscarPayment):
    def ready(self) -> None:
        pass


class OfferConfig(OscarOffer):
    def ready(self) -> None:
        pass


class VoucherConfig(OscarVoucher):
    def ready(self) -> None:
        pass


class CommunicationConfig(OscarCommunication):
    def ready(self) -> None:
        pass


class CustomerConfig(OscarCustomer):
    def ready(self) -> None:
        pass
