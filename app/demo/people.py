"""Who signs in to the demo, and who books in it. All invented."""

from typing import NamedTuple

PASSWORD = "motesplats-demo"


class Invented(NamedTuple):
    email: str
    name: str
    role: str
    organisation: str
    signs_in: bool = False


MEMBER = "member@example.org"
HOST = "host@example.org"
RECEPTION = "reception@example.org"

PEOPLE = (
    Invented(MEMBER, "Moa Granit", "member", "granit-son", True),
    Invented(HOST, "Hanna Värdling", "host", "region-vasterbotten", True),
    Invented("funder@example.org", "Folke Medel", "funder", "skelleftea-kommun", True),
    Invented("admin@example.org", "Ada Drift", "admin", "region-vasterbotten", True),
    Invented(RECEPTION, "Receptionen", "host", "region-vasterbotten"),
    *(
        Invented(f"{address}@example.com", name, "member", organisation)
        for address, name, organisation in (
            ("siv.tallkvist", "Siv Tallkvist", "region-vasterbotten"),
            ("elof.renhorn", "Elof Renhorn", "region-vasterbotten"),
            ("ritva.snodrift", "Ritva Snödrift", "region-vasterbotten"),
            ("amadou.norrljus", "Amadou Norrljus", "region-vasterbotten"),
            ("karin.islossning", "Karin Islossning", "umea-kommun"),
            ("petter.bjorkalle", "Petter Björkallé", "umea-kommun"),
            ("leyla.vattenspegel", "Leyla Vattenspegel", "umea-kommun"),
            ("goran.langdans", "Göran Långdans", "skelleftea-kommun"),
            ("tuva.alvstrand", "Tuva Älvstrand", "skelleftea-kommun"),
            ("milan.trastad", "Milan Trästad", "skelleftea-kommun"),
            ("berit.forskraft", "Berit Forskraft", "skelleftea-kraft"),
            ("yusuf.dammlucka", "Yusuf Dammlucka", "skelleftea-kraft"),
            ("ingrid.hogspanning", "Ingrid Högspänning", "skelleftea-kraft"),
            ("bengt.morgonpigg", "Bengt Morgonpigg", "foretagarna-vasterbotten"),
            ("saga.frukost", "Saga Frukost", "foretagarna-vasterbotten"),
            ("nils.malmgang", "Nils Malmgång", "natverket-gron-gruva"),
            ("alva.sagspan", "Alva Sågspån", "natverket-traets-vag"),
            ("jonas.stuga", "Jonas Stuga", "natverket-inlandets-besok"),
            ("wanja.nattsol", "Wanja Nattsol", "natverket-ljus-i-norr"),
            ("edit.kvadrat", "Edit Kvadrat", "granlidens-hogskola"),
            ("omar.nollgrad", "Omar Nollgrad", "institutet-for-kyla"),
            ("stina.ris", "Stina Ris", "foreningen-blabarsriset"),
            ("hjalmar.stenbit", "Hjalmar Stenbit", "granit-son"),
            ("fanny.fjader", "Fanny Fjäder", "kraka-kvist"),
            ("ture.packlista", "Ture Packlista", "lodjurets-logistik"),
            ("mona.gifflar", "Mona Gifflar", "bjornidets-bageri"),
            ("aron.barkbit", "Aron Barkbit", "blabar-bark"),
            ("nadja.satsyta", "Nadja Satsyta", "fjallugglans-forlag"),
            ("kalle.kada", "Kalle Kåda", "kada-kol"),
            ("vera.fogsvets", "Vera Fogsvets", "skogsmusens-svets"),
        )
    ),
)
