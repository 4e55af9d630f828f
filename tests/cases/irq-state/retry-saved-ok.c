/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each round saves the state anew, into one of several words; what the rounds before have saved is of no use any more. */
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);
static int c1, c2, c3, c4, c5, c6;

SYSCALL_DEFINE0(one)
{
	unsigned long f1, f2, f3, f4, f5, f6;

again:
	spin_lock_irqsave(&a, f1);
	spin_unlock_irqrestore(&a, f1);
	if (c1)
		goto again;
	spin_lock_irqsave(&a, f2);
	spin_unlock_irqrestore(&a, f2);
	if (c2)
		goto again;
	spin_lock_irqsave(&a, f3);
	spin_unlock_irqrestore(&a, f3);
	if (c3)
		goto again;
	spin_lock_irqsave(&a, f4);
	spin_unlock_irqrestore(&a, f4);
	if (c4)
		goto again;
	spin_lock_irqsave(&a, f5);
	spin_unlock_irqrestore(&a, f5);
	if (c5)
		goto again;
	spin_lock_irqsave(&a, f6);
	spin_unlock_irqrestore(&a, f6);
	if (c6)
		goto again;
	spin_lock(&b);
	spin_unlock(&b);
	return 0;
}
