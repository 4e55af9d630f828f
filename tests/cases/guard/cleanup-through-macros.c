/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cleanup's name is a macro's argument, and that macro's another's. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static void unlock(spinlock_t **lock)
{
	spin_unlock(*lock);
}

#define at_end(f) __attribute__((__cleanup__(f)))
#define LOCKED(name, l) spinlock_t *held_##name at_end(unlock) = &(l); spin_lock(&(l))
#define BOTH(fn, outer, inner) static void fn(void) { LOCKED(_, outer); { LOCKED(_, inner); } }

BOTH(one, a, b)
BOTH(two, b, a)

SYSCALL_DEFINE0(both)
{
	one();
	two();
	return 0;
}
