"""What follows a change of language while the window is open, and where its texts have colours or sizes, a change of these."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from PySide6.QtCore import QEvent

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget as Base
else:
    Base = object

LANGUAGE: Final = (QEvent.Type.LanguageChange,)
COLOURS: Final = (*LANGUAGE, QEvent.Type.PaletteChange)
TEXT_SIZE: Final = (*LANGUAGE, QEvent.Type.FontChange)
EVERYTHING: Final = (*COLOURS, QEvent.Type.FontChange)


class LanguageFollower(Base):
    """Mixin of a widget: calls `retranslate` after each change in `follows`. Stands before the class of the widget."""

    follows: ClassVar[tuple[QEvent.Type, ...]] = LANGUAGE

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Update after a change."""
        if event.type() in self.follows:
            self.retranslate()
        super().changeEvent(event)

    def retranslate(self) -> None:
        """Set every text in the current language."""
        raise NotImplementedError
