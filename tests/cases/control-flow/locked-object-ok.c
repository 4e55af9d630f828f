/* SPDX-License-Identifier: GPL-2.0-or-later */
/* net/unix/af_unix.c, unix_stream_connect(): what a lock was taken in is no NULL. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct sock { spinlock_t lock; int dead; };

struct sock *find(int n);

SYSCALL_DEFINE1(connect, int, n)
{
	struct sock *other;

	other = find(n);
	spin_lock(&other->lock);
	if (n > 3)
		goto out_unlock;
	spin_unlock(&other->lock);
	return 0;

out_unlock:
	if (other)
		spin_unlock(&other->lock);
	might_sleep();
	return -1;
}
