"""Words, Swedish and English, that mean the same: where one of ours is among them, the others are it too."""

from collections.abc import Mapping

_GROUPS: Mapping[str, tuple[str, ...]] = {
    "activity": (
        "externt möte, extern möte, externmöte, externa möten, möte med externa, möte med externa parter, "
        "kundmöte, möte med kund, partnermöte, samverkansmöte, nätverksmöte, external meeting, "
        "client meeting",
        "internt möte, intern möte, internmöte, interna möten, personalmöte, arbetsplatsträff, apt, "
        "avdelningsmöte, teammöte, gruppmöte, projektmöte, internal meeting, staff meeting, team meeting",
        "frukostmöte, frukost, frukostseminarium, frukostträff, breakfast meeting, breakfast",
        "evenemang, event, arrangemang, mingel, mottagning, invigning, events, reception",
        "seminarium, seminarier, seminar, föreläsning, föredrag, kurs, utbildning, workshop, konferens, "
        "temadag, lecture, course, training, conference",
        "videokonferens, videomöte, video, digitalt möte, distansmöte, onlinemöte, teams, teamsmöte, zoom, "
        "skype, video conference, video meeting, video call",
        "arbete vid skrivbord, skrivbord, skrivbordsarbete, skrivbordsplats, kontorsarbete, kontorsplats, "
        "arbetsplats, coworking, desk work, desk",
        "rådgivning, rådgivningsmöte, rådgivningssamtal, affärsrådgivning, konsultation, coachning, "
        "coaching, advice, advisory, consultation",
    ),
    "category": (
        "företag, bolag, näringsliv, näringslivet, privat, privat sektor, company, companies, business",
        "regionen, region, region och landsting, landsting, the region",
        "kommuner, kommun, kommunal, kommunen, municipality, municipalities",
        "akademi, akademin, universitet, högskola, universitet och högskola, lärosäte, forskning, academia, "
        "university",
        "föreningar, förening, ideell, ideell förening, civilsamhälle, civilsamhället, association, ngo",
        "regionala nätverk, regionalt nätverk, nätverk, kluster, regional networks, network",
        "övriga, övrigt, övrig, annat, annan, andra, other, others",
    ),
}
_SAME = {
    (kind, word): words
    for kind, groups in _GROUPS.items()
    for words in (frozenset(group.split(", ")) for group in groups)
    for word in words
}


def same_as(kind: str, text: str) -> frozenset[str]:
    """The words for what this one, without capitals, is a word for; none where it is not known."""
    return _SAME.get((kind, text), frozenset())
