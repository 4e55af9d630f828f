/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scoped guard left by return and by the loop's end: released either way. */
#include <linux/mutex.h>
#include <linux/syscalls.h>

static DEFINE_MUTEX(a);
static DEFINE_MUTEX(b);

static int find(int n)
{
	int i;

	for (i = 0; i < n; i++) {
		scoped_guard(mutex, &a) {
			if (i == 3)
				return i;
		}
	}
	return -EINVAL;
}

SYSCALL_DEFINE1(use, int, n)
{
	int ret = find(n);

	mutex_lock(&b);
	mutex_unlock(&b);
	return ret;
}
