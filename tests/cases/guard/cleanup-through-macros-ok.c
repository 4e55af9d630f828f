/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What such a cleanup releases is not held any more. */
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
#define ONE(fn, l) static void fn(void) { { LOCKED(_, l); } }

ONE(one, a)
ONE(two, b)

SYSCALL_DEFINE0(both)
{
	one();
	two();
	one();
	return 0;
}
