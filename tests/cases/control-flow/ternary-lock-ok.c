/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which lock is taken depends on a condition; each is released by the same expression. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);
static DEFINE_SPINLOCK(c);

SYSCALL_DEFINE1(use, int, x)
{
	spinlock_t *l = x ? &a : &b;

	spin_lock(l);
	spin_lock(&c);
	spin_unlock(&c);
	spin_unlock(l);
	return 0;
}
