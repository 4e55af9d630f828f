static inline int used(int x) { return x + 1; }
static inline int deeper(int x) { return used(x); }
static inline int unused(int x) { return x; }
