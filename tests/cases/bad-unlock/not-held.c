/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "bad unlock balance": nobody on the way here took it. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

SYSCALL_DEFINE0(twice)
{
	spin_lock(&a);
	spin_unlock(&a);
	spin_unlock(&a);
	return 0;
}
