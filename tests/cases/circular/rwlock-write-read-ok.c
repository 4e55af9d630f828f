/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The oldest case: two functions, two orders. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_RWLOCK(a);
static DEFINE_RWLOCK(b);

SYSCALL_DEFINE0(one)
{
	write_lock(&a);
	read_lock(&b);
	read_unlock(&b);
	write_unlock(&a);
	return 0;
}

SYSCALL_DEFINE0(two)
{
	write_lock(&a);
	read_lock(&b);
	read_unlock(&b);
	write_unlock(&a);
	return 0;
}
