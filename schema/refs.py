"""Lazy references to the GraphQL types, so that their modules need not import each other."""

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import strawberry

if TYPE_CHECKING:
    Affiliation: TypeAlias = Any
    Award: TypeAlias = Any
    CentralityScore: TypeAlias = Any
    Character: TypeAlias = Any
    Citation: TypeAlias = Any
    Claim: TypeAlias = Any
    Credit: TypeAlias = Any
    Entity: TypeAlias = Any
    Event: TypeAlias = Any
    Festival: TypeAlias = Any
    FestivalEdition: TypeAlias = Any
    Film: TypeAlias = Any
    Organization: TypeAlias = Any
    Participation: TypeAlias = Any
    Person: TypeAlias = Any
    Place: TypeAlias = Any
    Platform: TypeAlias = Any
    Recognition: TypeAlias = Any
    Relationship: TypeAlias = Any
    Screening: TypeAlias = Any
    Source: TypeAlias = Any
    Statement: TypeAlias = Any
    Topic: TypeAlias = Any
else:
    Entity = Annotated["Entity", strawberry.lazy("schema.entity")]
    Relationship = Annotated["Relationship", strawberry.lazy("schema.relationships")]
    Credit = Annotated["Credit", strawberry.lazy("schema.relationships")]
    Participation = Annotated["Participation", strawberry.lazy("schema.relationships")]
    Screening = Annotated["Screening", strawberry.lazy("schema.relationships")]
    Affiliation = Annotated["Affiliation", strawberry.lazy("schema.relationships")]
    Source = Annotated["Source", strawberry.lazy("schema.provenance")]
    Citation = Annotated["Citation", strawberry.lazy("schema.provenance")]
    Claim = Annotated["Claim", strawberry.lazy("schema.provenance")]
    CentralityScore = Annotated["CentralityScore", strawberry.lazy("schema.analyses")]
    Person = Annotated["Person", strawberry.lazy("schema.people")]
    Film = Annotated["Film", strawberry.lazy("schema.films")]
    Character = Annotated["Character", strawberry.lazy("schema.films")]
    Festival = Annotated["Festival", strawberry.lazy("schema.festivals")]
    FestivalEdition = Annotated["FestivalEdition", strawberry.lazy("schema.festivals")]
    Event = Annotated["Event", strawberry.lazy("schema.festivals")]
    Award = Annotated["Award", strawberry.lazy("schema.awards")]
    Recognition = Annotated["Recognition", strawberry.lazy("schema.awards")]
    Organization = Annotated["Organization", strawberry.lazy("schema.organizations")]
    Platform = Annotated["Platform", strawberry.lazy("schema.organizations")]
    Place = Annotated["Place", strawberry.lazy("schema.places")]
    Topic = Annotated["Topic", strawberry.lazy("schema.statements")]
    Statement = Annotated["Statement", strawberry.lazy("schema.statements")]
