"""The formats an import knows, in the order in which a file is held against them."""

from daogou.ingest.formats import amazon, plain, tutorial
from daogou.ingest.formats.acp import ACP
from daogou.ingest.formats.base import Format
from daogou.ingest.formats.feeds import GOOGLE, OPENAI
from daogou.ingest.formats.fixture import FIXTURE
from daogou.ingest.formats.ga4 import GA4
from daogou.ingest.formats.gorse import GORSE
from daogou.ingest.formats.headed import HEADED
from daogou.ingest.formats.litemall import LITEMALL
from daogou.ingest.formats.magento import MAGENTO
from daogou.ingest.formats.medusa import MEDUSA
from daogou.ingest.formats.metarank import METARANK
from daogou.ingest.formats.own import OWN
from daogou.ingest.formats.recbole import RECBOLE
from daogou.ingest.formats.saleor import SALEOR
from daogou.ingest.formats.segment import SEGMENT
from daogou.ingest.formats.shopify import SHOPIFY
from daogou.ingest.formats.shopify_customers import SHOPIFY_CUSTOMERS
from daogou.ingest.formats.shopify_orders import SHOPIFY_ORDERS
from daogou.ingest.formats.snowplow import SNOWPLOW
from daogou.ingest.formats.woocommerce import WOOCOMMERCE
from daogou.ingest.reading.look import Look

FORMATS: tuple[Format, ...] = (
    SHOPIFY,
    SHOPIFY_CUSTOMERS,
    SHOPIFY_ORDERS,
    WOOCOMMERCE,
    MAGENTO,
    MEDUSA,
    SALEOR,
    RECBOLE,
    tutorial.BEHAVIOUR,
    tutorial.PRODUCTS,
    tutorial.QUERIES,
    amazon.ITEMS,
    amazon.REVIEWS,
    amazon.RATINGS,
    FIXTURE,
    LITEMALL,
    GA4,
    METARANK,
    SNOWPLOW,
    SEGMENT,
    GORSE,
    ACP,
    OPENAI,
    GOOGLE,
    plain.BASKETS,
    plain.CATALOGUE,
    plain.USERS,
    HEADED,
    OWN,
)
"""The narrow ones stand first; a guess by headings and our own come last, since their names are the plainest."""


def recognise(look: Look) -> Format | None:
    """The first format that knows the file."""
    return next((format for format in FORMATS if format.recognise(look)), None)
