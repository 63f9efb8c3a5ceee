/* Libraries written in Rust take random numbers from bcryptprimitives.dll, which Wine 8 does not have. Tests only, never shipped. */
#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL ProcessPrng(unsigned char *out, size_t length) { return RtlGenRandom(out, (ULONG)length); }
