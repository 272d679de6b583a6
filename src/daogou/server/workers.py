"""What the process that was started tells its workers, through the environment."""

from __future__ import annotations

SHOP_FOLDER = "DAOGOU_SERVED_SHOP"
"""Names the shop's folder."""
SHARED_COUNTS = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder where workers share their counts. prometheus-client looks at it once, when it is imported: so
nothing that imports it may be imported before this is set."""
