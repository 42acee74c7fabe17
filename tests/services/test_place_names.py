"""How rooms are called."""

from app.services.place_names import name_of, names_at, with_office
from tests.factories import Factory


def test_a_room_has_its_office_beside_it_where_that_is_not_plain(app: object, make: Factory) -> None:
    here, there = make.office(), make.office("umea", name="Mötesplatsen i Umeå")
    tallen, granen = make.room("tallen"), make.room("granen", office="umea")
    assert name_of(granen, there) == "Granen – Mötesplatsen i Umeå"
    assert with_office("Rum", there) == "Rum – Mötesplatsen i Umeå"
    assert names_at(here, [tallen, granen, tallen]) == ["Tallen", "Granen – Mötesplatsen i Umeå"]
    assert names_at(there, [tallen, granen]) == ["Tallen – Stockholm", "Granen"]
