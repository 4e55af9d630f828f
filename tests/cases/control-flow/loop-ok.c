/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lock taken in every turn of a loop does not nest in itself. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

SYSCALL_DEFINE1(use, int, n)
{
	int i = 0;

	for (; i < n; i++) {
		spin_lock(&a);
		if (i == 5) {
			spin_unlock(&a);
			continue;
		}
		if (i == 7) {
			spin_unlock(&a);
			break;
		}
		spin_unlock(&a);
	}
	do {
		spin_lock(&b);
		spin_unlock(&b);
	} while (n--);
	return 0;
}
