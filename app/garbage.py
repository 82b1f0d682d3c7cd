"""How often Python looks for lost objects: seldom. Set when this is imported, before all else that a start imports.

A start and a batch make tens of thousands of objects, of which the one keeps all and the other none; looking after
every 700 new ones took a fifth of a start and a quarter of the filing of mail (bench/README.md).
"""

import gc

gc.set_threshold(20_000, 20, 20)
