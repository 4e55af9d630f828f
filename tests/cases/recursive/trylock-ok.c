/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trylock of what is held fails; it does not wait. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

SYSCALL_DEFINE0(use)
{
	spin_lock(&a);
	if (spin_trylock(&a))
		spin_unlock(&a);
	spin_unlock(&a);
	return 0;
}
