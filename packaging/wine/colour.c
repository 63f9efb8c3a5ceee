/* The one colour-profile call that Qt 6 asks of mscms.dll and Wine 8 does not have: it may answer "no profile".
 * Tests only, never shipped. */
#include <stddef.h>

void *own_WcsCreateIccProfile(void *profile, unsigned options) {
    (void)profile;
    (void)options;
    return NULL;
}
