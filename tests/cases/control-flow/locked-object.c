/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock is another object's: whether there is one is not known. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct sock { spinlock_t lock; int dead; };

struct sock *find(int n);

static struct sock all;

SYSCALL_DEFINE1(connect, int, n)
{
	struct sock *other;

	other = find(n);
	spin_lock(&all.lock);
	if (n > 3)
		goto out_unlock;
	spin_unlock(&all.lock);
	return 0;

out_unlock:
	if (other)
		spin_unlock(&all.lock);
	might_sleep();
	return -1;
}
