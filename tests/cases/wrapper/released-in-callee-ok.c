/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The callee releases its caller's lock. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static void done(void)
{
	spin_unlock(&a);
}

SYSCALL_DEFINE0(one)
{
	spin_lock(&a);
	done();
	spin_lock(&b);
	spin_unlock(&b);
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
