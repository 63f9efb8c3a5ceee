/* Complex arithmetic and floating-point environment that numpy and scipy ask of ucrtbase.dll and Wine 8 does not have.
 *
 * Tests only, never shipped. The compiler's own complex functions do the work; Microsoft's calling convention passes a complex
 * number as a plain structure of two numbers, so each function has a wrapper. The names begin with "own_": the .def file that
 * stand_ins.py writes exports them under Microsoft's names. */
#include <complex.h>
#include <math.h>
#include <windows.h>
#include <xmmintrin.h>

typedef struct { double real, imaginary; } Double;
typedef struct { float real, imaginary; } Single;

static double complex from_double(Double a) { double complex z; __real__ z = a.real; __imag__ z = a.imaginary; return z; }
static float complex from_single(Single a) { float complex z; __real__ z = a.real; __imag__ z = a.imaginary; return z; }
static Double to_double(double complex z) { Double a = {creal(z), cimag(z)}; return a; }
static Single to_single(float complex z) { Single a = {crealf(z), cimagf(z)}; return a; }

#define WRAP(name) \
    Double own_##name(Double a) { return to_double(name(from_double(a))); } \
    Single own_##name##f(Single a) { return to_single(name##f(from_single(a))); }
WRAP(cexp) WRAP(clog) WRAP(csqrt) WRAP(conj)
WRAP(csin) WRAP(ccos) WRAP(ctan) WRAP(casin) WRAP(cacos) WRAP(catan)
WRAP(csinh) WRAP(ccosh) WRAP(ctanh) WRAP(casinh) WRAP(cacosh) WRAP(catanh)

Double own_cpow(Double a, Double b) { return to_double(cpow(from_double(a), from_double(b))); }
Single own_cpowf(Single a, Single b) { return to_single(cpowf(from_single(a), from_single(b))); }
double own_cabs(Double a) { return hypot(a.real, a.imaginary); }
float own_cabsf(Single a) { return hypotf(a.real, a.imaginary); }
double own_carg(Double a) { return atan2(a.imaginary, a.real); }
float own_cargf(Single a) { return atan2f(a.imaginary, a.real); }
double own_creal(Double a) { return a.real; }
float own_crealf(Single a) { return a.real; }
double own_cimag(Double a) { return a.imaginary; }
float own_cimagf(Single a) { return a.imaginary; }
Double own__Cbuild(double real, double imaginary) { Double a = {real, imaginary}; return a; }
Single own__FCbuild(float real, float imaginary) { Single a = {real, imaginary}; return a; }

/* Microsoft's long double is a double. */
double own_creall(Double a) { return a.real; }
double own_cimagl(Double a) { return a.imaginary; }
Double own__LCbuild(double real, double imaginary) { return own__Cbuild(real, imaginary); }

/* fegetenv and fesetenv are Wine's own, in the copy of its library. */
static int environment(const char *function, void *kept) {
    HMODULE wine = GetModuleHandleA("wucrtbase.dll");
    int (*call)(void *) = wine ? (int (*)(void *))GetProcAddress(wine, function) : NULL;
    return call ? call(kept) : 1;
}
int own_feholdexcept(void *kept) {
    if (environment("fegetenv", kept)) return 1;
    _mm_setcsr((_mm_getcsr() | _MM_MASK_MASK) & ~_MM_EXCEPT_MASK);
    return 0;
}
int own_feupdateenv(void *kept) {
    unsigned raised = _mm_getcsr() & _MM_EXCEPT_MASK;
    int failed = environment("fesetenv", kept);
    _mm_setcsr(_mm_getcsr() | raised);
    return failed;
}
