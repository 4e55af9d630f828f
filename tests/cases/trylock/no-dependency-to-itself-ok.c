/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lockdep.c, validate_chain(): a trylock cannot wait, so nothing points to it; it can be waited for. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);
static DEFINE_SPINLOCK(c);

SYSCALL_DEFINE0(nest)
{
	spin_lock(&a);
	if (spin_trylock(&b)) {
		spin_lock(&c);
		spin_unlock(&c);
		spin_unlock(&b);
	}
	spin_unlock(&a);
	return 0;
}

SYSCALL_DEFINE0(inverse)
{
	spin_lock(&b);
	spin_lock(&a);
	spin_unlock(&a);
	spin_unlock(&b);
	return 0;
}
