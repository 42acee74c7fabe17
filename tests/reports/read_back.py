"""Everything that can be read in a file of a report, what is attached to it too."""

import io
import zipfile

from pypdf import PdfReader


def texts_of(content: bytes, form: str) -> str:
    """All text in the file: of every page, attachment, sheet and property."""
    if form == "pdf":
        return _texts_of_pdf(content)
    if form == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return "\n".join(parts.read(name).decode() for name in parts.namelist())
    return content.decode("utf-8-sig")


def _texts_of_pdf(content: bytes) -> str:
    reader = PdfReader(io.BytesIO(content))
    pages = [page.extract_text() for page in reader.pages]
    attached = [each.decode() for kept in reader.attachments.values() for each in kept]
    return "\n".join([*pages, *attached, str(reader.metadata), str(reader.xmp_metadata)])
