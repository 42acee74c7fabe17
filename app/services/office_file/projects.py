"""Projects, who pays for them, and what they promised."""

from sqlalchemy import select

from app.extensions import db
from app.models import Office, Organisation, Project, Target
from app.services.office_file.changes import Ledger
from app.services.office_file.entries import Description, ProjectEntry


def store_projects(ledger: Ledger, office: Office, description: Description) -> None:
    """What the file no longer names is retired: published reports go on speaking of it."""
    organisations = {each.slug: each for each in db.session.scalars(select(Organisation))}
    known = {each.slug: each for each in db.session.scalars(select(Project).filter_by(office_id=office.id))}
    named: dict[str, Project] = {}
    for entry in description.projects:
        values = _values(entry, organisations)
        if project := known.pop(entry.slug, None):
            ledger.update(project, "project", entry.slug, values)
        else:
            project = Project(office_id=office.id, slug=entry.slug, **values)
            ledger.create(project, "project", entry.slug)
        named[entry.slug] = project
    for slug, project in known.items():
        ledger.retire(project, "project", slug, {"retired": True})
    db.session.flush()
    _store_targets(ledger, description, named)


def _values(entry: ProjectEntry, organisations: dict[str, Organisation]) -> dict[str, object]:
    return {
        "name": entry.name,
        "host_organisation_id": organisations[entry.host].id,
        "starts_on": entry.starts_on,
        "ends_on": entry.ends_on,
        "kinds": list(entry.kinds),
        "headline": entry.headline,
        "funders": [organisations[slug] for slug in sorted(entry.funders)],  # as they are read
        "retired": False,
    }


def _store_targets(ledger: Ledger, description: Description, projects: dict[str, Project]) -> None:
    # What hosts entered themselves is not the file's to retire; naming it makes it the file's.
    query = select(Target).where(Target.project_id.in_([project.id for project in projects.values()]))
    known = {(target.project_id, target.indicator): target for target in db.session.scalars(query)}
    for entry in description.targets:
        project, label = projects[entry.project], f"{entry.project} {entry.indicator}"
        values: dict[str, object] = {"target": entry.target, "retired": False, "source": "file"}
        if target := known.pop((project.id, entry.indicator), None):
            ledger.update(target, "target", label, values)
        else:
            target = Target(project_id=project.id, indicator=entry.indicator, **values)
            ledger.create(target, "target", label)
    slugs = {project.id: slug for slug, project in projects.items()}
    for target in known.values():
        if target.source != "file":
            continue
        label = f"{slugs[target.project_id]} {target.indicator}"
        ledger.retire(target, "target", label, {"retired": True})
    db.session.flush()
