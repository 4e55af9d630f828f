/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DECLARE_WORK(): process context, known by the static initialiser only. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

static DEFINE_SPINLOCK(a);

static void run(struct work_struct *w)
{
	spin_lock(&a);
	spin_unlock(&a);
}
static DECLARE_WORK(work, run);

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	schedule_work(&work);
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
