/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux/compiler_types.h, compiletime_assert(): a function whose call is an error of the compiler, called where the condition does not hold.
 * The code is built, so it holds, though it asks for a constant that only the inlined call makes one: the way goes on.
 */
#include <linux/init.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

#define BUILD_ASSERT(cond) do {                                                                 \
		__attribute__((noreturn)) extern void wrong(void) __attribute__((error("no"))); \
		if (!(cond))                                                                    \
			wrong();                                                                \
	} while (0)

static inline int is_kind(int mask, int kind)
{
	BUILD_ASSERT(__builtin_constant_p(kind));
	return mask & kind;
}

extern int mask;

static int __init setup(void)
{
	spin_lock(&a);
	if (is_kind(mask, 4)) {
		spin_lock(&b);
		spin_unlock(&b);
	}
	spin_unlock(&a);
	return 0;
}
module_init(setup);
