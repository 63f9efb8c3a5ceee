/* The call by which Python's WMI module reads a value. Wine 8 aborts the program there; this one refuses, and Python then asks
 * Windows in its older way. Tests only, never shipped. */
long own_VariantToString(void *variant, void *text, unsigned length) {
    (void)variant;
    (void)text;
    (void)length;
    return (long)0x80004001; /* E_NOTIMPL */
}
