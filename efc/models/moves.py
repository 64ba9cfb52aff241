from dataclasses import dataclass


@dataclass(frozen=True)
class Move:
    """One row of a model's law: from which statuses to which one, and who may (a permission's full name)."""

    sources: tuple
    target: str
    permission: str
    label: str = ""

    def __post_init__(self):
        if isinstance(self.sources, str):
            object.__setattr__(self, "sources", (self.sources,))
