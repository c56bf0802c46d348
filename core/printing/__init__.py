"""Paper out and paper in: PDF from our own HTML, the glyphs a font lacks, codes read from a scan.

`pdf.pdf_of` renders with an allow-list of assets and nothing else; `glyphs.missing_glyphs` names the characters that
would come out blank; `codes.read_codes` looks for QR codes in a stranger's file, in a limited process of its own.
Here nothing knows what the papers say.
"""
