"""Answers that show themselves in a notebook: hits together with the products they name."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from daogou.domain.hit import Hit, Hits

if TYPE_CHECKING:
    from daogou.domain.ids import ProductId
    from daogou.domain.product import Product
    from daogou.domain.text import Language


@dataclass(frozen=True, slots=True)
class Shown(Hits):
    """Hits with their products; iterates over the hits."""

    products: Mapping[ProductId, Product] = field(default_factory=dict)
    language: Language = "en"

    @classmethod
    def of(cls, hits: Hits, *, products: Mapping[ProductId, Product], language: Language) -> Shown:
        """Add the products to an answer."""
        parts = {part.name: getattr(hits, part.name) for part in fields(Hits)}
        return cls(**parts, products=products, language=language)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def _repr_html_(self) -> str:
        rows = "".join(self._row(hit) for hit in self.items)
        note = f"<p>{html.escape(self.degraded)}</p>" if self.degraded else ""
        head = "<tr><th>product</th><th>title</th><th>price</th><th>score</th><th>because</th></tr>"
        return f"{note}<table><thead>{head}</thead><tbody>{rows}</tbody></table>"

    def _row(self, hit: Hit) -> str:
        product = self.products.get(hit.product)
        title = product.title.show(self.language) if product else ""
        price = str(product.price) if product and product.price else ""
        because = "; ".join(f"{reason.text.show(self.language)} ({reason.share:.0%})" for reason in hit.because)
        cells = (hit.product, title, price, f"{hit.score:.4f}", because)
        return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"
