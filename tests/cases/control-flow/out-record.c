/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A record on the stack that is handed on may be filled by a function of another file: what was stored in it before is no fact after the call. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

struct answer { int length; };

int ask_far(struct answer *answer);

static int ask(struct answer *answer)
{
	return ask_far(answer);
}

static int query(void)
{
	struct answer answer;

	answer.length = 0;
	if (ask(&answer))
		return -1;
	return answer.length == 4 ? 0 : -2;
}

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(plain)
{
	if (query())
		return -1;
	spin_lock(&a);
	spin_unlock(&a);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", 0);
}
module_init(setup);
