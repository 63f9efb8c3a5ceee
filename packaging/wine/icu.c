/* Windows 10 has ICU's converters in icuuc.dll, Wine 8 has no such library. This one knows no converter, so that Qt uses its
 * own UTF-8. Tests only, never shipped. */
#include <stddef.h>

enum { FILE_ACCESS_ERROR = 4 };
#define OFFER __declspec(dllexport)
#define NOTHING(name) OFFER void name(void) {}
#define ZERO(name) OFFER int name(void) { return 0; }
#define NONE(name) OFFER void *name(void) { return NULL; }

OFFER void *ucnv_open(const char *name, int *error) {
    (void)name;
    if (error) *error = FILE_ACCESS_ERROR;
    return NULL;
}
NOTHING(UCNV_FROM_U_CALLBACK_SUBSTITUTE) NOTHING(UCNV_TO_U_CALLBACK_SUBSTITUTE)
NOTHING(ucnv_cbFromUWriteUChars) NOTHING(ucnv_cbToUWriteUChars) NOTHING(ucnv_close) NOTHING(ucnv_fromUnicode)
NOTHING(ucnv_toUnicode) NOTHING(ucnv_getFromUCallBack) NOTHING(ucnv_getToUCallBack) NOTHING(ucnv_reset)
NOTHING(ucnv_setFromUCallBack) NOTHING(ucnv_setToUCallBack)
ZERO(ucnv_countAvailable) ZERO(ucnv_fromUCountPending) ZERO(ucnv_toUCountPending) ZERO(ucnv_getMaxCharSize)
NONE(ucnv_getAvailableName) NONE(ucnv_getName) NONE(ucnv_getStandardName)
