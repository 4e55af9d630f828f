/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The second helper is told to keep the lock. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);
int busy(void);

static void lock_both(int more)
{
	if (more)
		spin_lock(&a);
	spin_lock(&b);
}

static void unlock_both(int more)
{
	spin_unlock(&b);
	if (more)
		spin_unlock(&a);
}

SYSCALL_DEFINE1(one, int, n)
{
	int more = n || busy() ? 1 : 0;

	lock_both(more);
	if (busy()) {
		unlock_both(0);
		might_sleep();
		return 0;
	}
	unlock_both(more);
	return 1;
}
