"""The mark of what offices consist of."""

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class DirectoryMark(Base):
    """One row. Its mark is another one, never seen before, after every change of what offices consist of.

    Triggers see to that (migration 0003), so no way of writing can forget it.
    """

    __tablename__ = "directory_mark"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(String(36))
