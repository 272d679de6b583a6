"""What every test shares: nothing here depends on how fast the machine is."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile("daogou", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("daogou")
