/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Held at the loop's head, dropped and taken again in its body: b is never under a. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

SYSCALL_DEFINE1(use, int, n)
{
	spin_lock(&a);
	while (n--) {
		spin_unlock(&a);
		spin_lock(&b);
		spin_unlock(&b);
		spin_lock(&a);
	}
	spin_unlock(&a);
	return 0;
}
