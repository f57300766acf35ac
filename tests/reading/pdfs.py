"""Small PDFs, made here: no program that writes them is needed."""

from __future__ import annotations

from io import BytesIO

from pypdf import PdfWriter


def pdf_of(*lines: str, pages: int = 1) -> bytes:
    """*lines* on each of its *pages*, in plain letters."""
    said = " ".join(f"({line}) Tj T*" for line in lines)
    content = f"BT /F1 12 Tf 14 TL 20 700 Td {said} ET".encode()
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    kids = " ".join(f"{number} 0 R" for number in range(5, 5 + pages))
    page = b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /MediaBox [0 0 600 800] "
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        font,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        *[page + b"/Resources << /Font << /F1 3 0 R >> >> >>"] * pages,
    ]
    return _written(objects)


def locked(content: bytes, password: str) -> bytes:
    """The same, for who knows the password."""
    writer = PdfWriter(clone_from=BytesIO(content))
    writer.encrypt(password, algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _written(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    places: list[int] = []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return bytes(out)
