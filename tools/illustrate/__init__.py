"""Draw the demo market: one picture per product, one banner per stall, three sample papers.

    python -m tools.illustrate EMOJI_DIR DEMO_JSON [--out marketplace/demo] [--only PART] [--fonts DIR]

EMOJI_DIR is the unpacked package @lobehub/fluent-emoji-3d (`assets/<code point>.webp`, 256 px, MIT); it is
not committed. DEMO_JSON lists the sellers and their goods. Everything else is drawn here by Pillow, with a
fixed seed per picture, so the same input gives the same picture. Units are pixels of the finished picture;
drawing is done at three times the size and reduced once, which makes the edges smooth.

Pictures say what is in the packet and no more: no stars, no brand, no person, no red toadstool for food.

Start reading at ``goods.py``; ``brush.py`` is what everything is drawn with.
"""
