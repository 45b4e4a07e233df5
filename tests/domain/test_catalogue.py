from pathlib import Path

from graph_api.domain.catalogue import (
    KINDS,
    PROPERTIES,
    QUALIFIERS,
    RELATIONS,
    Kind,
    Relation,
    ValueType,
    fields_of,
    properties_of,
)
from graph_api.domain.reference import page

ROOT = Path(__file__).parents[2]


def test_every_kind_and_relation_is_described() -> None:
    assert set(KINDS) == set(Kind)
    assert set(RELATIONS) == set(Relation)
    texts = [record.description for table in (KINDS, RELATIONS, PROPERTIES, QUALIFIERS) for record in table.values()]
    assert all(text.endswith(".") for text in texts)


def test_types_and_their_details_go_together() -> None:
    own = [p for record in RELATIONS.values() for p in record.properties]
    for prop in (*PROPERTIES.values(), *QUALIFIERS.values(), *own):
        assert (prop.type is ValueType.ENUM) == (prop.values is not None), prop.name
        assert not (prop.statistic and prop.type is not ValueType.NUMBER), prop.name
        assert not (prop.statistic and prop.field), prop.name


def test_a_name_is_kept_in_one_column_for_all_relations() -> None:
    types: dict[str, set[ValueType]] = {}
    for record in RELATIONS.values():
        for prop in record.properties:
            types.setdefault(prop.name, set()).add(ValueType.TEXT if prop.type is ValueType.ENUM else prop.type)
    assert {name for name, found in types.items() if len(found) > 1} == set()


def test_properties_by_kind() -> None:
    assert [p.name for p in fields_of(Kind.PLACE)] == ["name", "placeKind", "countryCode"]
    assert "runtime" in {p.name for p in properties_of(Kind.FILM)}
    assert "runtime" not in {p.name for p in properties_of(Kind.PERSON)}
    assert PROPERTIES["platformKinds"].column == "platform_kinds"
    assert RELATIONS[Relation.MADE_WITH].claim_property == "madeWith"


def test_the_printed_page_is_up_to_date() -> None:
    printed = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
    assert printed == page(), "run: python -m graph_api.domain.reference > docs/model.md"
