"""What follows a change of language while the window is open, and where its texts have colours or sizes, a change of these."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from PySide6.QtCore import QEvent

from quakegui.ui.i18n import language

if TYPE_CHECKING:
    from PySide6.QtGui import QShowEvent
    from PySide6.QtWidgets import QWidget as Base
else:
    Base = object

LANGUAGE: Final = (QEvent.Type.LanguageChange,)
COLOURS: Final = (*LANGUAGE, QEvent.Type.PaletteChange)
TEXT_SIZE: Final = (*LANGUAGE, QEvent.Type.FontChange)
EVERYTHING: Final = (*COLOURS, QEvent.Type.FontChange)


class LanguageFollower(Base):
    """Mixin of a widget: calls `retranslate` after each change in `follows`, where it is hidden when it is shown.

    Stands before the class of the widget.
    """

    follows: ClassVar[tuple[QEvent.Type, ...]] = LANGUAGE
    _behind = False
    """Whether something has changed while the widget was hidden."""
    _spoken = ""
    """The language at the last change that was followed."""

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Update after a change, or when the widget is shown."""
        if event.type() in self.follows:
            if not self.isVisible():
                self._behind = True
            elif event.type() != QEvent.Type.LanguageChange or self._spoken != language():
                self._catch_up()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Catch up with what changed while the widget was hidden."""
        behind: list[LanguageFollower] = []
        one: Base | None = self
        while one is not None:
            if isinstance(one, LanguageFollower) and one._behind:
                behind.append(one)
            one = one.parentWidget()
        for one in reversed(behind):  # what is around first, as Qt tells of a change; what is within is shown first
            one._catch_up()
        super().showEvent(event)

    def _catch_up(self) -> None:
        self._behind, self._spoken = False, language()
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text in the current language."""
        raise NotImplementedError
