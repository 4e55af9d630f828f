/* Inline functions of headers: those reached, with what they reach. */
#include "hdr.h"
#define __init __attribute__((cold))
#define __weak __attribute__((weak))
int outside(int);
static int __init start(void) { return deeper(1); }
int (*hook)(int) = outside;
int __weak soft(int x, ...) { return start() + hook(x); }
