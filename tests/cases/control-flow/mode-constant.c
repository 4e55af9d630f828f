/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lock that is given back in another mode than it was taken in: it stays held where the box is full. */
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

enum mode { MODE_NONE, MODE_HELD, MODE_FREE };

struct box {
	int full, odd;
};
static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static void put(struct box *x)
{
	enum mode m = MODE_NONE;

	if (x->full) {
		m = MODE_HELD;
		spin_lock(&a);
	} else if (x->odd) {
		m = MODE_FREE;
	}
	if (m == MODE_FREE)
		spin_unlock(&a);
	else if (m == MODE_HELD)
		x->odd = 0;
	spin_lock(&b);
	spin_unlock(&b);
}

SYSCALL_DEFINE1(one, struct box *, x)
{
	put(x);
	return 0;
}
