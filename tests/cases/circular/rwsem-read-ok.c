/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The oldest case: two functions, two orders. */
#include <linux/rwsem.h>
#include <linux/syscalls.h>

static DECLARE_RWSEM(a);
static DECLARE_RWSEM(b);

SYSCALL_DEFINE0(one)
{
	down_read(&a);
	down_read(&b);
	up_read(&b);
	up_read(&a);
	return 0;
}

SYSCALL_DEFINE0(two)
{
	down_read(&a);
	down_read(&b);
	up_read(&b);
	up_read(&a);
	return 0;
}
