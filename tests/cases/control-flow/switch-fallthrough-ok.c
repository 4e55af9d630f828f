/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Case 1 falls into case 2 with the lock held. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

SYSCALL_DEFINE1(use, int, x)
{
	switch (x) {
	case 1:
		spin_lock(&a);
		break;
	case 2:
		spin_lock(&b);
		spin_unlock(&b);
		break;
	default:
		return -EINVAL;
	}
	if (x == 1)
		spin_unlock(&a);
	return 0;
}

SYSCALL_DEFINE0(two)
{
	spin_lock(&b);
	spin_lock(&a);
	spin_unlock(&a);
	spin_unlock(&b);
	return 0;
}
