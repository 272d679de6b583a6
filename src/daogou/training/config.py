"""Every choice of a training, with the value we would run ourselves."""

from __future__ import annotations

from dataclasses import dataclass, field

from daogou.domain.bounds import Natural, Positive, Weight, Weights
from daogou.features.clicks import ClicksConfig
from daogou.features.exposure import ExposureConfig
from daogou.features.trust import TrustConfig
from daogou.retrieval.als import AlsConfig
from daogou.retrieval.attributes import AttributesConfig
from daogou.retrieval.chance import ChanceConfig
from daogou.retrieval.completing import CompletingConfig
from daogou.retrieval.content import ContentConfig
from daogou.retrieval.ease import EaseConfig
from daogou.retrieval.encoding.tuned import TuningConfig
from daogou.retrieval.habits import HabitsConfig
from daogou.retrieval.hybrid import HybridConfig
from daogou.retrieval.item_knn import ItemKnnConfig
from daogou.retrieval.popularity import PopularityConfig
from daogou.retrieval.ranking import RankingConfig
from daogou.retrieval.repeat import RepeatConfig
from daogou.retrieval.sated import SatedConfig
from daogou.retrieval.sequential import SequentialConfig
from daogou.retrieval.session_knn import SessionKnnConfig
from daogou.retrieval.texts import TextsConfig
from daogou.retrieval.together import TogetherConfig
from daogou.retrieval.transformer import TransformerConfig
from daogou.retrieval.walks import WalksConfig
from daogou.training.recipes.words import WordsConfig


@dataclass(frozen=True, slots=True)
class FusionConfig:
    """Weights that are tried for each source on validation; the sequential source is the measure and has 1."""

    content: Weights = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5)
    """Never 0: a product without events is found by its words alone."""
    popularity: Weights = (0.003, 0.01, 0.03, 0.1)
    """Never 0: a shopper whose history leads nowhere still gets an answer. For those who come back, the highest
    of them that surely costs nothing at the beginnings of visits is taken, where what was bought lately rests."""
    others: Weights = (0.0, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 3.0, 6.0)
    """For each further retriever; one that helps nobody on validation is silent."""
    least: Weight = 0.005
    """Further retrievers that all together add no more than this part of NDCG on validation, or than its standard error
    there, are silent, too, those that are missed least first: each takes time in every answer, and beside the
    transformers most add nothing to requests that their weights were not chosen on. 0: none is."""
    fading: Weights = (0.0, 0.4)
    """Powers of 1 + the events of a step by which what its words say is divided; the one that does best beside the
    sequential source is used."""
    bands: tuple[Natural, ...] = (1, 3, 8, 20, 50, 150)
    """Events of a product up to which it is in a band of its own."""
    leaning: tuple[float, ...] = (-0.3, -0.2, -0.1, 0.1, 0.2, 0.3)
    """Powers of the usual events of a band that are tried on what each source says of the products in it: below 0 the
    source leans to products that few know, above to what many do."""
    new: tuple[Positive, ...] = (1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0)
    """Factors, ascending, that are tried on the score of products without any event. Empty, or without `bands`, they
    are not raised."""
    new_cost: Weight = 0.01
    """They are tried upwards until one costs more than this part of NDCG on validation, and the one before is taken:
    what a shop pays so that products nobody knows yet are seen at all."""
    new_least: Natural = 20
    """With fewer products without any event they are not raised, since what it costs could not be seen."""
    seen: Weights = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
    """Factors that are tried on the score of products the shopper has been at: how often people come back differs."""
    repeat: Weights = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
    """Weights that are tried on what the shopper bought, for lists that may show it again."""
    resting_gain: Weight = 0.1
    """What was bought in the last 30 days is not shown, unless NDCG on validation is higher by more than this part
    where it is: a product that somebody just bought looks foolish where few buy it again."""


@dataclass(frozen=True, slots=True)
class SensesConfig:
    """How reviews are read with the text encoder, where the shop has one."""

    enabled: bool = True
    """A side that is named without a word of opinion is judged by what its clause means, too; kept if it agrees with
    the stars of held-back reviews more often than the words around the side alone."""
    taught: int = 8_000
    """Mentions in reviews with stars that it learns from, at most."""
    mentions: int = 20_000
    """Mentions that one training encodes at most, newest reviews first: some 3 ms of processor time each, a minute in
    all. The next training goes on from there."""


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """[training]: how a release is made."""

    seed: Natural = 0
    """The same data, config and seed give the same release, byte for byte but for the manifest's times."""
    refit: bool = True
    """Fit on everything once the choices are made. False keeps the fit without the held-back events."""
    validation_shoppers: Natural = 12_000
    """How many shoppers' last events are used to choose weights; they are drawn with the seed."""
    exposure: ExposureConfig = field(default_factory=ExposureConfig)
    sequential: SequentialConfig = field(default_factory=SequentialConfig)
    content: ContentConfig = field(default_factory=ContentConfig)
    words: WordsConfig = field(default_factory=WordsConfig)
    hybrid: HybridConfig = field(default_factory=HybridConfig)
    popularity: PopularityConfig = field(default_factory=PopularityConfig)
    trust: TrustConfig = field(default_factory=TrustConfig)
    together: TogetherConfig = field(default_factory=TogetherConfig)
    repeat: RepeatConfig = field(default_factory=RepeatConfig)
    ease: EaseConfig = field(default_factory=EaseConfig)
    als: AlsConfig = field(default_factory=AlsConfig)
    session_knn: SessionKnnConfig = field(default_factory=SessionKnnConfig)
    item_knn: ItemKnnConfig = field(default_factory=ItemKnnConfig)
    attributes: AttributesConfig = field(default_factory=AttributesConfig)
    walks: WalksConfig = field(default_factory=WalksConfig)
    texts: TextsConfig = field(default_factory=TextsConfig)
    transformer: TransformerConfig = field(default_factory=TransformerConfig)
    encoder: TuningConfig = field(default_factory=TuningConfig)
    clicks: ClicksConfig = field(default_factory=ClicksConfig)
    senses: SensesConfig = field(default_factory=SensesConfig)
    fusion: FusionConfig = field(default_factory=FusionConfig)
    ranking: RankingConfig = field(default_factory=RankingConfig)
    habits: HabitsConfig = field(default_factory=HabitsConfig)
    completing: CompletingConfig = field(default_factory=CompletingConfig)
    sated: SatedConfig = field(default_factory=SatedConfig)
    chance: ChanceConfig = field(default_factory=ChanceConfig)
